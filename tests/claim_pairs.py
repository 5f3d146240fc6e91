"""Small sources with a sentence that each bears out and one that it does not, kind by kind; made for the tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """``true`` is supported by ``source``, ``false`` is not."""

    kind: str
    source: str
    true: str
    false: str


_PAIRS = """
figure
The bakery chain Hobbs sold 4,200 loaves a day in March, up from 3,900 in February.
Hobbs sold 4,200 loaves a day in March.
Hobbs sold 3,900 loaves a day in March.
-
Unemployment in Tarland fell to 6.2 percent while inflation climbed to 9.1 percent, the statistics office said.
Inflation in Tarland climbed to 9.1 per cent.
Unemployment in Tarland fell to 9.1 percent.
-
The storm killed 14 people and injured 60 others along the coast.
Fourteen people were killed by the storm along the coast.
The storm killed 60 people along the coast.
-
About a quarter of the students at Wells College receive a grant.
Roughly 25% of the students at Wells College receive a grant.
About a third of the students at Wells College receive a grant.
-
The ferry company carried 2.4 million passengers last year, and 310,000 cars.
The ferry company carried 2.4 million passengers and 310,000 cars last year.
The ferry company carried 2.4 million passengers and 380,000 cars last year.
-
Nearly 300 homes lost power when the mast fell.
Almost 300 homes lost power when the mast fell.
Nearly 500 homes lost power when the mast fell.
-
The orchestra has 72 players, of whom 31 are women.
Of the 72 players in the orchestra, 31 are women.
Of the 72 players in the orchestra, 41 are women.
-
Rents in Calby rose by 3 percent to 850 euros a month.
Rents in Calby rose by 3 percent.
Rents in Calby rose to 3 percent.
-
The mine employs 1,150 people and will hire another 200 next spring.
The mine will hire 200 more people next spring.
The mine will hire 400 more people next spring.
-
Two thirds of the delegates voted for the new rules.
Two-thirds of delegates backed the new rules.
Half of the delegates backed the new rules.
-
The bridge is 640 metres long and 18 metres wide.
The bridge has a length of 640 metres.
The bridge has a length of 18 metres.
-
Seventeen nurses and four doctors were vaccinated on the first day.
Four doctors and 17 nurses were vaccinated on the first day.
Four nurses and 17 doctors were vaccinated on the first day.
-
The hospital in Varn treated 212 patients for heat stroke in July, against 95 in July last year.
In July the hospital in Varn treated 212 patients for heat stroke.
In July the hospital in Varn treated 95 patients for heat stroke.
-
A survey by the Loft Institute found that 43% of tenants had delayed paying a bill, and 18% had skipped meals.
According to a survey by the Loft Institute, 18 percent of tenants had skipped meals.
According to a survey by the Loft Institute, 43 percent of tenants had skipped meals.
-
The orchard lost 1,500 of its 6,000 trees to the frost.
The frost cost the orchard 1,500 trees, a quarter of the total.
The frost cost the orchard 2,500 trees.
-
The coach, 52, signed a three-year contract worth 4 million euros.
The 52-year-old coach signed a contract for three years.
The 52-year-old coach signed a contract for five years.
-
Revenue grew 8 percent to $2.1 billion in the second quarter, the carmaker said on Wednesday.
The carmaker's revenue grew 8 percent in the second quarter.
The carmaker's revenue grew 18 percent in the second quarter.
-
Around 3,000 people marched through Leeds, police said; organisers put the number at 8,000.
Police said around 3,000 people marched through Leeds.
Police said around 8,000 people marched through Leeds.
-
The quake left 31 people dead in Sorvo and 7 in the neighbouring district, rescue services said.
In Sorvo the earthquake killed 31 people, rescuers said.
In Sorvo the quake left 7 people dead, rescue services said.
-
Ticket prices will go up from 18 to 22 euros, the theatre announced, its first increase in six years.
The theatre will charge 22 euros for a ticket instead of 18.
Ticket prices will go up from 22 to 18 euros.
-
The strike, in its fourth week, has cost the port 9 million crowns and delayed 46 ships.
A total of 46 ships have been delayed by the strike.
The strike has delayed 9 ships.
unit-magnitude
The port authority will spend 40 million euros on a new quay.
A new quay will cost the port authority 40 million euros.
A new quay will cost the port authority 40 billion euros.
-
The reservoir lost 12 million litres in a week.
In a week the reservoir lost 12 million litres.
In a week the reservoir lost 12 thousand litres.
-
The fund raised $5.3 billion from investors in Asia.
Investors in Asia gave the fund $5.3bn.
Investors in Asia gave the fund €5.3bn.
-
The tunnel will be 9 kilometres long.
The tunnel will be nine kilometres long.
The tunnel will be nine miles long.
-
The central bank raised its rate by 25 basis points.
The central bank raised its rate by a quarter of a percentage point, or 25 basis points.
The central bank raised its rate by 25 percent.
-
The pilot was held for 36 hours before he was released.
The pilot was released after being held for 36 hours.
The pilot was released after being held for 36 days.
-
The factory emits 800 tonnes of dust a year.
Each year the factory emits 800 tonnes of dust.
Each year the factory emits 800 kilograms of dust.
-
The party's support rose by two percentage points to 31 percent.
Support for the party went up by two percentage points.
Support for the party went up by two percent.
-
The solar park has a capacity of 300 megawatts.
The capacity of the solar park is 300 MW.
The capacity of the solar park is 300 GW.
-
He was fined 1,200 pounds for the false entry.
A fine of £1,200 was imposed on him for the false entry.
A fine of $1,200 was imposed on him for the false entry.
-
The company will invest 750 million dollars in a battery plant near Osijek.
A battery plant near Osijek will get an investment of 750 million dollars from the company.
A battery plant near Osijek will get an investment of 750 billion dollars from the company.
-
Rain of 90 millimetres fell in six hours.
Ninety millimetres of rain fell within six hours.
Ninety centimetres of rain fell within six hours.
-
The strike lasted eleven weeks.
For eleven weeks the workers were on strike.
The strike lasted eleven days.
-
The lender set aside 60 million pounds for claims.
£60 million was set aside by the lender for claims.
€60 million was set aside by the lender for claims.
-
The spill covered 12 square kilometres and cost fishermen 4.5 million crowns.
Fishermen lost 4.5 million crowns because of the spill.
The spill cost fishermen 4.5 million euros.
-
Each turbine yields 14 megawatts, enough for 9,000 homes.
A single turbine produces 14 megawatts of power.
Each turbine yields 14 kilowatts.
-
Unemployment stands at 5 per cent, down half a point from last spring.
Since last spring the jobless rate has come down by half a percentage point to 5 per cent.
Unemployment has fallen by half since last spring.
date
The museum in Orle opened on 4 May 2019 and was closed on 11 June 2023 after a flood.
The museum in Orle opened on 4 May 2019.
The museum in Orle opened on 11 June 2023.
-
Talks between the two unions will resume on Tuesday in Ghent.
The two unions will resume their talks on Tuesday.
The two unions will resume their talks on Thursday.
-
The law was passed in November 2015 and took effect in 2017.
The law took effect in 2017.
The law took effect in 2015.
-
Registration ends on 30 September.
Registration ends at the end of September, on 30 September.
Registration ends on 30 October.
-
The dam was finished in 1968, four years after work began.
The dam was finished in 1968.
The dam was finished in 1986.
-
Voting began on 3 March 2022 and lasted two days.
Voting began in March 2022.
Voting began in May 2022.
-
The committee meets on the first Monday of each month; its report is due in July.
The committee's report is due in July.
The committee's report is due in June.
-
In the 1990s the valley had three cinemas.
The valley had three cinemas in the 1990s.
The valley had three cinemas in the 1970s.
-
The ship left Bergen on Friday and reached Hull on Sunday.
The ship reached Hull on Sunday.
The ship reached Hull on Friday.
-
The vote was postponed from 12 May to 26 May because of the floods.
Because of the floods, the vote was moved to 26 May.
Because of the floods, the vote was moved to 12 May.
-
Founded in 1911, the yard built its last ship in 1983.
The yard's last ship was built in 1983.
The yard's last ship was built in 1911.
-
Schools will reopen on Wednesday, the ministry said.
Schools will reopen on Wednesday, according to the ministry.
Schools will reopen on Monday, according to the ministry.
-
The trial is due to start in October 2025.
The trial is due to begin in October 2025.
The trial is due to begin in October 2026.
-
Lena Marsh, who took office in January 2020, resigned in March 2023.
Lena Marsh resigned in March 2023.
Lena Marsh resigned in January 2020.
-
The bridge, closed since 14 March, is to reopen on 2 April, a week later than first announced.
The bridge has been shut since 14 March.
The bridge has been closed since 2 April.
-
The first coins were struck in 1742; paper money followed in 1807. The mint moved to Dell in 1850.
The mint has been in Dell since 1850.
In 1742 paper money followed.
-
On Tuesday the crew repaired the mast, and on Thursday they sailed for Cork.
The crew set off for Cork on Thursday.
On Tuesday the crew sailed for Cork.
name
Mayor Ingrid Solheim opened the library, and the architect Tomas Brandl handed her the keys.
The architect Tomas Brandl handed the mayor the keys of the library.
The architect Ingrid Solheim handed the mayor the keys of the library.
-
French police arrested two men in Lyon on suspicion of smuggling ivory.
Police in France arrested two men in Lyon on suspicion of smuggling ivory.
Police in Belgium arrested two men in Lyon on suspicion of smuggling ivory.
-
Norvik Shipping bought its rival Celt Lines for 90 million euros.
Celt Lines was bought by its rival Norvik Shipping.
Norvik Shipping was bought by its rival Celt Lines.
-
The European Central Bank left rates unchanged in Frankfurt.
The ECB left rates unchanged.
The Federal Reserve left rates unchanged.
-
The striker Ayo Balogun scored twice as Marford beat Linton in the final.
Marford beat Linton in the final.
Linton beat Marford in the final.
-
Foreign Minister Petra Novak met her Danish counterpart in Oslo and flew on to Riga.
Petra Novak met her counterpart from Denmark in Oslo.
Petra Novak met her counterpart from Denmark in Riga.
-
The novelist Ruth Amadi won the prize; the poet Leo Strand was shortlisted.
The novelist Ruth Amadi won the prize.
The poet Leo Strand won the prize.
-
Gaines accused Whitlock of taking the files.
Whitlock was accused by Gaines of taking the files.
Whitlock accused Gaines of taking the files.
-
Zentor opened a plant in Hungary and closed one in Portugal.
Zentor opened a plant in Hungary.
Zentor opened a plant in Portugal.
-
The director, Amelie Roux, thanked the crew.
Amelie Roux, the director, thanked the crew.
Amelie Blanc, the director, thanked the crew.
-
Kenya sent 400 soldiers to help the mission.
The mission was helped by 400 Kenyan soldiers.
The mission was helped by 400 Ugandan soldiers.
-
President Amos Kiboro dismissed Defence Minister Grace Lutalo on Monday.
Defence Minister Grace Lutalo was dismissed by President Amos Kiboro.
President Amos Kiboro was dismissed by Defence Minister Grace Lutalo.
-
Swedish prosecutors have charged a man from Malmo with spying.
Prosecutors in Sweden charged a man from Malmo with spying.
Prosecutors in Norway charged a man from Malmo with spying.
-
The World Health Organization sent 20 doctors to Kimba.
The WHO sent 20 doctors to Kimba.
Unicef sent 20 doctors to Kimba.
-
Arden defeated Beckley 3-1 in Saturday's final.
Beckley lost the final to Arden.
Beckley won the final against Arden.
-
Haldane's deputy, Mireille Costa, presented the plan while Haldane was in Geneva.
The plan was put forward by Mireille Costa, Haldane's deputy.
Haldane presented the plan.
-
Okafor, who succeeded Brandt as chair of Lindholm, sold the Danish arm to Vestra.
Okafor sold the Danish arm of Lindholm to Vestra.
Brandt sold the Danish arm to Vestra.
-
The poet Sara Linde translated the novel by Omar Haddad into Swedish. Haddad thanked her at the ceremony in Lund.
Omar Haddad's novel was translated into Swedish by Sara Linde.
Omar Haddad translated the novel into Swedish.
-
The union Verka backs the merger, which its rival Solid has called a mistake.
Verka is in favour of the merger.
Solid backs the merger.
negation
The airline did not cancel any flights during the strike.
No flights were cancelled by the airline during the strike.
The airline cancelled flights during the strike.
-
The minister denied that she had read the report.
The minister denied having read the report.
The minister had read the report.
-
The two sides failed to reach an agreement on fishing quotas.
No agreement on fishing quotas was reached by the two sides.
The two sides reached an agreement on fishing quotas.
-
The court ruled out a retrial for the banker.
The court said there would be no retrial for the banker.
The court ordered a retrial for the banker.
-
Inspectors found lead in the water of the school.
Lead was found in the school's water by inspectors.
Inspectors found no lead in the water of the school.
-
The company refused to publish the figures.
The company would not publish the figures.
The company published the figures.
-
The vaccine is approved for children.
Children may be given the vaccine, which is approved for them.
The vaccine is not approved for children.
-
The treaty was never signed by Zarland.
Zarland did not sign the treaty.
Zarland signed the treaty.
-
The engineers were unable to restart the pump.
The engineers could not restart the pump.
The engineers were able to restart the pump.
-
The village still has no doctor.
There is still no doctor in the village.
The village has a doctor.
-
The old theatre is no longer used for concerts.
The old theatre is not used for concerts any more.
The old theatre is used for concerts.
-
The report did not blame the driver for the crash.
The driver was not blamed for the crash in the report.
The report blamed the driver for the crash.
-
The airport was not damaged in the attack, officials said.
Officials said that the attack did not damage the airport.
Officials said that the attack damaged the airport.
-
No evidence of fraud was found by the auditors.
The auditors found no evidence of fraud.
The auditors found evidence of fraud.
-
The minister refused to say whether the deal had been signed.
The minister would not say whether the deal had been signed.
The minister said that the deal had been signed.
-
The firm has not paid its suppliers since March.
Since March the firm has not paid suppliers.
The firm has paid its suppliers since March.
-
The committee did not rule out raising fees, but said that no decision had been taken.
Raising fees was not ruled out by the committee.
The committee ruled out raising fees.
-
Only after the deadline did the firm hand over the papers; it had not asked for more time.
The firm handed over the papers after the deadline without having asked for more time.
The firm had asked for more time.
-
Nothing was stolen in the break-in, although two windows were smashed.
The burglars took nothing but smashed two windows.
Things were stolen in the break-in, and two windows were smashed.
-
The inspectors saw no reason to close the kitchen.
There was no reason to close the kitchen, the inspectors thought.
The inspectors saw a reason to close the kitchen.
-
The goalkeeper was cleared of match-fixing, a charge he had always denied.
The goalkeeper was not found guilty of match-fixing.
The goalkeeper had always admitted match-fixing.
direction
Wheat exports from the region rose by a tenth last year.
Last year wheat exports from the region increased by a tenth.
Last year wheat exports from the region fell by a tenth.
-
The senate rejected the bill on school meals.
The bill on school meals was turned down, as the senate rejected it.
The senate approved the bill on school meals.
-
The bank cut its forecast for growth.
The bank lowered its forecast for growth.
The bank raised its forecast for growth.
-
The troops moved from the northern to the eastern front.
Troops were moved to the eastern front.
Troops were moved to the western front.
-
The mayor supports the plan to close the square to cars.
The plan to close the square to cars is backed by the mayor.
The mayor opposes the plan to close the square to cars.
-
The curfew was lifted before the election.
The curfew was lifted before the election.
The curfew was lifted after the election.
-
The club sold its goalkeeper to a Spanish team.
The club's goalkeeper was sold to a Spanish team.
The club bought its goalkeeper from a Spanish team.
-
Shares in Mareto dropped sharply after the announcement.
Shares in Mareto fell sharply after the announcement.
Shares in Mareto rose sharply after the announcement.
-
The firm made a profit of 12 million euros, after a loss of 4 million the year before.
The firm made a profit of 12 million euros.
The firm made a loss of 12 million euros.
-
The jury convicted the former treasurer of fraud.
The former treasurer was convicted of fraud by the jury.
The former treasurer was acquitted of fraud by the jury.
-
Fewer than 200 people attended the rally.
The rally was attended by fewer than 200 people.
The rally was attended by more than 200 people.
-
The council tightened the rules for short lets.
The rules for short lets were made stricter as the council tightened them.
The council relaxed the rules for short lets.
-
Turnout climbed to 71 percent from 64 percent four years ago.
Turnout rose to 71 percent.
Turnout dropped to 71 percent.
-
Peru accepted the court's ruling on the border.
Peru accepted the ruling of the court on the border.
Peru rejected the ruling of the court on the border.
-
The river is expected to peak after midnight.
The river is expected to peak after midnight.
The river is expected to peak before midnight.
-
The central bank eased lending rules for small firms.
Lending rules for small firms were relaxed by the central bank.
Lending rules for small firms were tightened by the central bank.
-
Oil prices slipped as supply increased.
As supply increased, oil prices fell.
As supply decreased, oil prices rose.
-
The left-wing party lost twelve seats.
Twelve seats were lost by the left-wing party.
The left-wing party gained twelve seats.
-
Arrivals by sea halved while those by land doubled.
Sea arrivals fell by half.
Arrivals by sea doubled while those by land halved.
-
The council voted to keep the library open and to close the baths.
The library will stay open, but the baths are to close after the council's vote.
The council voted to close the library and to keep the baths open.
-
The krone weakened against the euro, and exporters cheered.
Exporters were pleased that the krone lost value against the euro.
The krone strengthened against the euro, and exporters cheered.
-
Younger voters preferred Ames; those over 60 chose Carrow.
Voters above 60 went for Carrow.
Older voters preferred Ames.
-
The army withdrew from the valley a day before the truce began.
The army left the valley one day ahead of the truce.
The army withdrew from the valley a day after the truce began.
modality
The government may ban the pesticide next year.
The pesticide could be banned by the government next year.
The government banned the pesticide.
-
Harcourt plans to close its plant in Denby.
Harcourt intends to close its plant in Denby.
Harcourt has closed its plant in Denby.
-
The opposition called for a new election.
A new election was demanded by the opposition.
A new election was held by the opposition.
-
Two officers are alleged to have taken bribes from the builder.
Two officers allegedly took bribes from the builder.
Two officers took bribes from the builder.
-
The bank expects prices to fall in spring.
Prices are expected by the bank to fall in spring.
Prices fell in spring, the bank's figures show.
-
The museum is considering a move to the harbour.
The museum may move to the harbour.
The museum has moved to the harbour.
-
If the talks fail, the union will strike in May.
The union will strike in May if the talks fail.
The union will strike in May.
-
The spacecraft might have reached the crater.
It is possible that the spacecraft reached the crater.
The spacecraft reached the crater.
-
The minister threatened to withdraw the licence.
The minister threatened to withdraw the licence.
The minister withdrew the licence.
-
The council will vote on the budget on Monday.
The council is to vote on the budget on Monday.
The council voted on the budget on Monday.
-
The airline agreed to pay the passengers compensation.
The airline agreed that it would pay the passengers compensation.
The airline paid the passengers compensation.
-
The clinic treated 90 patients in its first week.
In its first week the clinic treated 90 patients.
In its first week the clinic was expected to treat 900 patients.
-
Doctors fear that the virus could spread to the coast.
The virus could spread to the coast, doctors fear.
The virus has spread to the coast.
-
The prosecutor asked the court to jail the banker for six years.
The prosecutor asked for the banker to be jailed for six years.
The court jailed the banker for six years.
-
Parliament is expected to approve the budget in June.
The budget is expected to be approved by parliament in June.
Parliament approved the budget in June.
-
The union has proposed a four-day week.
A four-day week has been proposed by the union.
The union has won a four-day week.
-
The suspect allegedly sold the documents to a rival.
The suspect is alleged to have sold the documents to a rival.
The suspect sold the documents to a rival.
-
Telden is in talks to buy the stadium.
Telden is negotiating to buy the stadium.
Telden has bought the stadium.
-
Regulators are weighing whether to fine the bank up to 40 million euros.
The bank may face a fine of up to 40 million euros from regulators.
Regulators have fined the bank 40 million euros.
-
The ministry wants to double the fee, and parliament will debate the plan in May.
Parliament is to debate in May whether the fee should be doubled.
The ministry has doubled the fee.
-
If the harvest fails again, up to a million people could go hungry, the agency warned.
The agency warned that a million people could go hungry if there is another bad harvest.
A million people are going hungry, the agency said.
-
Archaeologists believe that the wall is Roman.
The wall is thought by archaeologists to be Roman.
Archaeologists have proved that the wall is Roman.
attribution
"The roof was rotten," said the surveyor Hugo Lindt. The owner, Marta Quint, disagreed.
The surveyor Hugo Lindt said that the roof was rotten.
The owner Marta Quint said that the roof was rotten.
-
Police said that the driver had been drinking.
According to police, the driver had been drinking.
According to the driver's lawyer, the police had been drinking.
-
The union claims that the company broke the agreement.
The union claims that the agreement was broken by the company.
The company broke the agreement.
-
Residents said the noise kept them awake; the airport's director, Paul Reyes, said the limits were kept to.
The director of the airport, Paul Reyes, said that the limits were kept to.
Residents said that the limits were kept to.
-
The economist Dora Pell argued that the tax hurts the poor.
The tax hurts the poor, the economist Dora Pell argued.
The finance minister argued that the tax hurts the poor.
-
According to the aid agency Solis, 3,000 families need shelter.
The aid agency Solis said that 3,000 families need shelter.
The army said that 3,000 families need shelter.
-
Judge Farouk Aziz warned the witnesses not to speak to reporters.
Witnesses were warned by Judge Farouk Aziz not to speak to reporters.
Witnesses were warned by the prosecutor not to speak to reporters.
-
The farmer Jonas Weil accused the mill of poisoning the stream.
The mill was accused of poisoning the stream by the farmer Jonas Weil.
The mill poisoned the stream.
-
"We were never warned," said the village elder, Idris Kone. Governor Sali Dembele declined to comment.
Village elder Idris Kone said that they were never warned.
Governor Sali Dembele said that they were never warned.
-
The think tank Meridian estimates that the war has cost 30 billion dollars.
According to the think tank Meridian, the war has cost 30 billion dollars.
According to the finance ministry, the war has cost 30 billion dollars.
-
Opposition leader Carla Brun called the plan reckless.
Carla Brun, the opposition leader, described the plan as reckless.
The prime minister described the plan as reckless.
-
The company blamed a software error for the outage; the union blamed staff cuts.
The union blamed staff cuts for the outage.
The company blamed staff cuts for the outage.
-
A spokesman for the airline said the pilot had followed the rules.
The airline's spokesman said that the pilot had followed the rules.
The pilot's lawyer said that the pilot had followed the rules.
-
A spokesman for the mill said the river was clean; the biologist Ana Roth, who took samples, disputed that.
The mill's spokesman said that the river was clean.
The biologist Ana Roth said that the river was clean.
-
Neighbours told the paper that they had heard shots. Police declined to comment.
Shots were heard, neighbours told the paper.
Police told the paper that they had heard shots.
-
"The engine had been serviced in June," Captain Noor Aziz told investigators, who have not confirmed this.
Captain Noor Aziz told investigators that the engine had been serviced in June.
Investigators confirmed that the engine had been serviced in June.
-
In a letter to staff, Director Kemi Ade blamed falling donations for the cuts. The union says that donations rose.
Kemi Ade told staff that falling donations were to blame for the cuts.
The union blamed falling donations for the cuts.
quotation
"We will rebuild every house," the mayor, Lena Otto, told the crowd.
Mayor Lena Otto promised the crowd: “We will rebuild every house”.
Mayor Lena Otto promised the crowd: “We will rebuild every school”.
-
The report calls the safety checks "late and careless".
The safety checks were “late and careless”, the report says.
The safety checks were “late and reckless”, the report says.
-
"I never signed that paper," said the treasurer.
The treasurer said: "I never signed that paper."
The treasurer said: "I signed that paper."
-
The coach described the defeat as "a lesson we needed".
The coach called the defeat “a lesson we needed”.
The coach called the defeat “a shame we needed”.
-
"The river gave us a day, and then it took the town," the farmer said.
The farmer said the river “gave us a day … then it took the town”.
The farmer said the river “gave us a week … then it took the town”.
-
The singer said she was tired of touring and wanted to sleep.
The singer said that she was tired of touring.
The singer said: “I am tired of touring for ever”.
-
Asked about the delay, Holt said: "We needed more time, and we took it."
Holt said “we needed more time”.
Holt said “we needed more money”.
-
The judge called the evidence "thin but sufficient".
The evidence was “thin but sufficient”, said the judge.
The evidence was “thin and insufficient”, said the judge.
-
"This is a good day for the valley," said farmer Ana Ruiz.
Farmer Ana Ruiz said it was “a good day for the valley”.
Farmer Ana Ruiz said it was “a great day for the valley”.
-
"We are not leaving," the captain said, though he admitted that "the hull is cracked in three places".
The captain said the hull was “cracked in three places”.
The captain said: “We are leaving”.
scope
Most schools in the district reopened on Monday.
Most of the district's schools reopened on Monday.
All schools in the district reopened on Monday.
-
Some passengers were treated for shock.
Some of the passengers were treated for shock.
All the passengers were treated for shock.
-
It was one of the largest fires in the history of the county.
It was one of the county's largest fires.
It was the largest fire in the history of the county.
-
At least 20 houses were destroyed by the mudslide.
No fewer than 20 houses were destroyed by the mudslide.
At most 20 houses were destroyed by the mudslide.
-
The road was partly closed after the accident.
After the accident the road was partially closed.
After the accident the road was completely closed.
-
Several members of the board resigned.
Several board members resigned.
Every member of the board resigned.
-
The shop sells bread, cheese and books.
Bread, cheese and books are sold in the shop.
The shop sells only bread.
-
Many doctors in the city have left for other countries.
Many of the city's doctors have left for other countries.
Most doctors in the city have left for other countries.
-
Up to 500 jobs will be cut at the steelworks.
As many as 500 jobs will be cut at the steelworks.
At least 500 jobs will be cut at the steelworks.
-
She is the second woman to lead the academy.
She is the second woman who leads the academy.
She is the first woman to lead the academy.
-
The vaccine often prevents severe illness.
Severe illness is often prevented by the vaccine.
The vaccine always prevents severe illness.
-
All members of the council voted for the motion.
The motion was supported by all members of the council.
Only one member of the council voted for the motion.
-
Nearly all of the villages have been evacuated.
Nearly all the villages have been evacuated.
All of the villages have been evacuated.
-
The discount applies only to residents.
Only residents get the discount.
Everyone gets the discount.
-
Three of the five judges voted to overturn the ban.
Three of five judges voted to overturn the ban.
All five judges voted to overturn the ban.
-
The law bans most single-use plastics.
Most single-use plastics are banned by the law.
The law bans all single-use plastics.
-
The fire was among the worst in the city's history.
The fire was one of the worst in the city's history.
The fire was the worst in the city's history.
-
Some experts doubt the figures.
Some experts doubt the figures.
Most experts doubt the figures.
-
The reform was approved in part.
The reform was partly approved.
The reform was approved in full.
-
All but two of the nine villages have running water.
Seven of the nine villages have running water.
All nine villages have running water.
-
The drug helped patients under 50; older ones saw no benefit.
Patients under 50 were helped by the drug.
The drug helped all patients.
-
In the capital, bread prices doubled.
Bread prices in the capital doubled.
Bread prices doubled throughout the country.
"""


def pairs() -> tuple[Pair, ...]:
    """All pairs, in order."""
    found: list[Pair] = []
    kind = ""
    for block in _PAIRS.strip().split("\n-\n"):
        lines = block.strip().split("\n")
        while lines:
            if " " not in lines[0]:
                kind = lines.pop(0)
            found.append(Pair(kind, *lines[:3]))
            lines = lines[3:]
    return tuple(found)
