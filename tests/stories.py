"""Six made-up events, each told three times: by the source, by another outlet on its own, and in a follow-up.

The sources are what tests make copies, versions and garbled rewrites of; the other two must never be taken for those.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """One event: the text of the first report, of an independent one, and of one on what came of it."""

    source: str
    independent: str
    follow_up: str


_TOLD = (
    Story(
        source="""The harbour authority of Port Selby closed the Merrow Bridge to all traffic on Tuesday after
inspectors found cracks in two of its eleven supports.

Engineers noticed the damage during a routine survey on Monday night, said Helen Varga, the authority's director. The
cracks are up to 40 centimetres long and lie below the water line.

“We would rather explain a traffic jam than a funeral,” Varga told reporters at the town hall. She said that nobody had
been in danger at any time.

The bridge, opened in 1968, carries about 31,000 vehicles a day between the old town and the container terminal. Lorries
will have to take the northern ring road, a detour of 27 kilometres.

Mayor Colin Dacre called the closure a heavy blow for the port. He asked the national government in Larkham for 12
million crowns to pay for temporary ferries.

The transport ministry said in a statement that it would send its own experts on Thursday. Minister Petra Holub has
promised a report within six weeks.

Shipping companies were less patient. The Norwick Line warned that it could move two of its weekly services to Eastmouth
if the bridge stayed shut beyond September.

Residents of the Quayside district said they had complained about vibrations since 2021. “You could see the cups dancing
on the shelf,” said Agnes Toll, a retired teacher who lives beside the ramp.

The authority answered that the vibrations had been measured three times and were within the limits. It will publish
these measurements on Friday.

A bridge of the same design collapsed in Varn in 2009, killing 14 people. The last one of the kind that is still in use
crosses the Ister near Dolna.""",
        independent="""Commuters in Port Selby woke up to chaos on Tuesday as the only crossing to the container
terminal was shut without warning.

Police turned cars back from seven in the morning. By nine the queue on the ring road reached the airport, and several
schools sent pupils home.

The city gave cracks in the piers of the Merrow Bridge as the reason. Divers hired by the harbour authority discovered
them late on Monday, an official said on condition of anonymity.

How long repairs will take is unclear. Helen Varga, who heads the authority, spoke of months rather than weeks in an
interview with local radio.

Hauliers put their losses at 300,000 crowns a day. Their association wants compensation and threatens to go to court.

The opposition on the city council blamed Mayor Colin Dacre, whose budget for 2023 had cut spending on maintenance by a
fifth. A spokesman for the mayor rejected the charge.

Ferry operators are preparing for good business. One of them has already chartered a second boat from Eastmouth.

The Merrow Bridge is among four in the country that were built with prestressed cables of an early type. Experts have
warned of them for years.""",
        follow_up="""The first ferry between Port Selby's old town and its terminal sailed on Monday, ten days after the
Merrow Bridge was closed.

It took 48 cars and a brass band. The crossing lasts 20 minutes and costs nothing for residents until the end of the
year.

Transport minister Petra Holub, who was on board, said the experts' first findings were worse than had been feared. Five
supports have to be replaced, and work cannot begin before spring.

The government will pay 9 million crowns of the cost of the ferries, less than the city had asked for. Mayor Colin Dacre
said he was grateful all the same.

The Norwick Line has moved one of its services to Eastmouth. A second will follow if the depth of the ferry channel
proves a problem for larger ships.

A parliamentary committee is to hear Helen Varga next week about the earlier measurements.""",
    ),
    Story(
        source="""The central bank of Valdoria raised its main interest rate to 6.75 percent on Wednesday, the fourth
increase this year, and said that more could follow.

Seven of the nine members of its council voted for the step. Two, Irena Bosk and Matthias Grell, wanted to wait until
the new figures on wages were known in October.

Governor Lucian Parr told a news conference in Tessen that prices were rising too fast for comfort. “Inflation does not
go away because we are tired of it,” he said.

Consumer prices were 8.1 percent higher in August than a year before, mainly because of bread, heating oil and rents.
The bank aims at 3 percent.

The mark rose by 1.2 percent against the euro after the decision. Shares on the Tessen exchange fell, led by the builder
Kronhaus and the lender Alta Bank.

Finance minister Dora Weil, who faces an election in March, called the step regrettable but said she respected the
independence of the bank.

Trade unions were angrier. Their federation said that 200,000 families could lose their homes if mortgage rates rose
above 9 percent.

Most mortgages in Valdoria have rates that change every six months. The average household would pay 140 marks more a
month, according to the institute for housing research.

Economists at Parkside University expect one more increase in November and none after that. They pointed to falling
orders in the car industry and to an early harvest.

Parr's term ends in June. He has not said whether he would accept another one, and the president, Tomas Reiss, has named
no candidate.""",
        independent="""Borrowing is getting dearer in Valdoria once again. Lucian Parr and his colleagues lifted the key
rate by half a point on Wednesday, as nearly every analyst had predicted.

The governor, in his trademark red tie, defended a course that has made him few friends. He reminded journalists that
the currency had lost a tenth of its value in the spring.

Outside the bank, some forty demonstrators banged pots. “He should try paying my rent,” said Luisa Kern, a nurse from
the Osterfeld suburb.

Bakers and hauliers say they cannot raise prices any further. Several have closed shops in Tessen since July.

The decision was not unanimous, but the minutes will be published only in two weeks. Traders believe that the council is
split over how badly industry is doing.

At the car maker Hanno, short-time work began on Monday for 3,400 people. Its chief executive asked for cheaper energy
and lower taxes.

For the government the timing is awkward. Polls put Dora Weil's party at 24 percent, behind the conservatives for the
first time since 2019.

Savers may be pleased: Alta Bank announced that it would pay 4 percent on new accounts.""",
        follow_up="""The council of Valdoria's central bank left its rate unchanged at 6.75 percent in November, ending
a series of four increases.

Inflation had slowed to 7.2 percent in October, the minutes show. Irena Bosk argued for a cut and was alone with it.

Wages grew by 5.5 percent in the third quarter, less than the unions had demanded.

Lucian Parr said that it was too early to speak of success. He added that he would leave in June and not stand again.

President Tomas Reiss is expected to name a successor in January. Newspapers mention Matthias Grell and a former finance
minister.

The mark fell slightly against the euro, and Kronhaus gained 3 percent.""",
    ),
    Story(
        source="""Forest fires have destroyed 18,000 hectares in the Sierra de Oria since Friday and forced 5,200 people
from their homes, the regional government said on Sunday.

The worst blaze began near the village of Castrel, where lightning struck a dry pine wood. Winds of up to 70 kilometres
an hour drove it across the Lera valley within a few hours.

Two firefighters died when their vehicle was cut off by the flames. They were named as Bruno Salas, 34, and Marta Inés
Robledo, 29, both volunteers from Peñalba.

“They went up there so that others could come down,” said Elena Cortázar, the head of the regional government, who
ordered three days of mourning.

Some 900 firefighters, 41 aircraft and a company of army engineers are at work. France and Portugal have sent four
planes each.

The railway between Oria and Montaner is closed, and so are two roads. A hospital with 60 patients was moved to the
sports hall in Olvera during the night.

Farmers said that at least 7,000 sheep and most of the chestnut groves were lost. The groves had been planted after a
fire in 1994.

Weather forecasters expect no rain before Thursday. Temperatures are to reach 41 degrees on Tuesday, five more than is
usual in August.

Environmental groups blamed the region for cutting the number of forest guards from 310 to 190 since 2018. Cortázar said
that this was not the day for politics.

The civil guard is questioning a man of 52 about a second fire near the dam of Ribanegra, which may have been started on
purpose.""",
        independent="""The smoke could be seen from the coast. By Sunday evening the fires in the Sierra de Oria had
become the largest that the region has known in thirty years.

In Olvera, where hundreds spent the night on camp beds, volunteers handed out water and blankets. “I took the dog and
the photographs,” said Pilar Mena, 71.

Authorities gave the number of those who had to leave as more than 5,000. Not everybody obeyed: in the hamlet of
Trasmonte eleven people stayed to defend their houses with garden hoses.

The deaths of two volunteers have shocked the country. The king sent a telegram to their families.

Elena Cortázar visited the command post at Castrel and was booed by some of the residents, who complained that help had
come late.

Pilots say that the smoke makes it hard to find the lakes where they fill their tanks. One plane had to make an
emergency landing.

Insurance companies put the damage at 200 million euros so far. Scientists see a link with the driest spring on record.

Pope and prime minister have sent messages. The national government promised aid without red tape.""",
        follow_up="""Rain and a change of wind have helped firefighters to bring the blazes in the Sierra de Oria under
control after nine days.

The final figure is 23,400 hectares, the regional government said. All but 300 of the people who had left are back in
their houses.

Thousands attended the funeral of Bruno Salas and Marta Inés Robledo in Peñalba. The brigade will be named after them.

A judge released the man who had been questioned about the fire at Ribanegra. There was no proof against him.

Elena Cortázar announced that 150 forest guards would be hired by next summer.

Trains between Oria and Montaner will run again from Monday.""",
    ),
    Story(
        source="""Prime minister Anton Keller will resign at the end of the month, his office announced on Thursday,
after his coalition lost a vote on pensions in parliament in Brannock.

The bill failed by 98 votes to 102. Six members of the Rural League, the smallest of the three governing parties, voted
with the opposition.

Keller, 61, said in a short speech on the steps of his residence that he could not lead a government that did not follow
him. “A captain without a crew is a passenger,” he said.

The law would have raised the pension age from 64 to 67 by the year 2035. Demonstrations against it had drawn 250,000
people in Brannock alone in April.

Under the constitution, President Sofia Lindqvist now has ten days to ask someone else to form a government. If nobody
succeeds within six weeks, there will be elections.

The leader of the opposition, Marek Dunn, called for them at once. His Labour Union has 38 percent in the polls, eleven
points more than Keller's Liberals.

The finance markets took the news calmly. The yield of ten-year bonds rose by 8 basis points to 3.9 percent.

Keller came to office in 2020, when he promised to balance the budget within one term. The deficit has since grown to
5.4 percent.

In Brussels, the president of the Commission thanked him for his work on the energy treaty. Neighbouring Ostland said it
hoped that the agreement on the Vistrel pipeline would be kept.

Possible successors within his party are interior minister Clara Voss and the mayor of Haverstock, Jonas Pell. Both
declined to comment.""",
        independent="""Four years, two reshuffles and one defeat too many: Anton Keller is giving up.

Those close to him say that he decided on Wednesday night, after a telephone call with the chairman of the Rural League
which lasted less than three minutes.

The League had demanded exceptions for farm workers. When these were refused, its members of parliament rebelled, and
the pension reform was dead.

In the bars around the parliament building, Marek Dunn's supporters were singing before the result was read out.

Keller's record is mixed. Growth has returned, but so have debts, and his own voters never forgave him the tax on
diesel.

What happens next depends on Sofia Lindqvist. The head of state is said to favour a cabinet of experts until the summer.

A snap election would be the third in seven years. Turnout fell to 58 percent at the last.

Clara Voss, often named as the coming woman, spent the evening at the opera. Reporters who asked her about the future
were told that the second act had been splendid.""",
        follow_up="""Clara Voss was sworn in as prime minister on Friday, the first woman in that office.

She leads the same three parties as Anton Keller did, but with four more votes: the Green List has promised to tolerate
her.

The pension reform will be put off until after the next election, she told parliament. Marek Dunn spoke of a government
without a purpose.

Sofia Lindqvist congratulated her and recalled that the constitution had proved itself.

Jonas Pell becomes finance minister. He wants to bring the deficit below 4 percent.

Keller, who sat in the third row, left before the end of the debate.""",
    ),
    Story(
        source="""The space probe Halcyon has found traces of ammonia in the plumes of the moon Thessaly, the Nordic
Space Agency said in Uppsala on Monday.

The craft flew through the jets of gas and ice at a height of 52 kilometres on 3 May. Its instruments counted about
1,700 grains in less than 40 seconds.

Ammonia keeps water liquid at low temperatures. Scientists believe that an ocean up to 90 kilometres deep lies below the
crust of the moon.

“It is the first time that we have tasted the sea of another world,” said Ingrid Sandvik, who leads the team of 64
researchers from eight countries.

The agency warned against speaking of life. The compounds can be formed without any living thing, and the amounts are
close to the limit of what the instruments can tell.

Halcyon was launched in 2013 and reached the planet after a journey of 3.2 billion kilometres. It cost 870 million
euros, of which Norway paid a third.

Its batteries will last until the end of 2027. Three more flights past Thessaly are planned, the closest at only 24
kilometres.

Not all experts are convinced. Daniel Okoro of the Institute of Planetary Physics in Nairobi said that the signal could
come from the fuel of the probe itself.

Sandvik answered that this had been tested twice in the laboratory in Kiruna. The results appear this week in the
Journal of Icy Bodies.

A lander that could drill into the ice has been proposed for 2035, but no government has agreed to pay for it.""",
        independent="""Is there something in the water? A small moon with a big secret has given researchers a surprise.

Measurements by the Halcyon mission suggest that the geysers of Thessaly contain a substance known to most people from
cleaning agents.

“We checked everything three times before we told anybody,” said the chief scientist, Ingrid Sandvik, by telephone from
Uppsala.

The finding makes the moon one of the best places to look for organisms beyond the Earth, according to Yuki Tanabe, who
was not involved in the work.

Others urge caution. Thrusters burn hydrazine, which breaks down into the very molecule that was reported.

The probe, about the size of a delivery van, has been circling the gas giant since 2021. Engineers nursed it through a
computer failure last winter.

Money is a problem: parliaments in three of the member states have cut their contributions for next year.

School classes can follow the next encounter on the agency's web page in September.""",
        follow_up="""Halcyon passed Thessaly for the last time on Saturday, at a distance of 24 kilometres, and sent
back 900 pictures.

The images show cracks in the ice that were not there two years ago. The team in Uppsala now thinks that the crust is
thinner than had been assumed.

Ingrid Sandvik announced that the ammonia had been confirmed by a second instrument. Daniel Okoro, who had doubted the
first result, congratulated her.

The probe will be steered into the planet in December so that it cannot contaminate the moon.

Norway and Finland have offered 40 million euros for a study of a lander.

The Nordic Space Agency decides about it in spring.""",
    ),
    Story(
        source="""Workers at the Hadley steel plant ended a strike of 23 days on Saturday after their union agreed with
the owner, Corvane Group, on wages and on a guarantee for jobs.

Pay will rise by 5 percent in July and by 3 percent a year later. Corvane promised not to dismiss any of the 4,600
employees before 2029.

The union, IMW, said that 71 percent of its members had voted for the compromise in a ballot on Friday. It had asked for
9 percent at the start.

“Nobody got what they wanted, and everybody can live with it,” said Rosa Linde, who negotiated for the union in the last
three nights.

The strike cost the company about 6 million pounds a day, according to its finance director, Paul Osei. Two blast
furnaces had to be cooled down, which takes weeks to undo.

Car makers in Dunmore and Ashby had cut shifts because sheet metal was running out. The first deliveries are expected on
14 June.

Corvane, which belongs to the Straker family, bought Hadley in 2016 and has closed two of its four rolling mills since
then.

The government had offered a credit of 150 million pounds for an electric furnace on condition that the parties came to
terms. Industry minister Neil Abara said the money would now be paid out.

Environmental campaigners welcomed the furnace. It would lower the plant's emissions by 1.9 million tonnes a year, they
said, as much as those of the city of Ashby.

Some of the workers were unhappy. About sixty of them burned copies of the agreement at gate four on Saturday
morning.""",
        independent="""The pickets are gone, the braziers are cold. After more than three weeks, peace has returned to
the gates of the steelworks at Hadley.

The deal was struck at half past four in the morning in a hotel at Dunmore airport, over stale sandwiches, as one of
those present described it.

Managers had insisted until Wednesday that there was no money for higher wages. What changed their mind was a letter
from two big customers, who threatened to buy abroad.

Rosa Linde, the face of the dispute, looked tired. She has been offered a seat on the supervisory board.

For Corvane the conflict comes at a bad time. The family that owns it is divided about a sale to an Indian rival.

Shops in the town reported a fall in takings of a third. “Three more weeks and I would have closed,” said Amir Qazi, who
runs a café across the road.

Analysts doubt that the promise on jobs is worth much, as it does not apply in the case of insolvency.

Neil Abara, who had stayed out of the quarrel in public, praised both sides on Saturday for their reason.""",
        follow_up="""Corvane Group is in talks about the sale of its steel plant in Hadley, three people familiar with
the matter said on Tuesday.

The promise not to dismiss anyone before 2029 would bind a buyer too, according to the union IMW.

Rosa Linde, now a member of the supervisory board, said she had not been informed.

The first of the two blast furnaces that were shut during the strike in June is working again, the second has been given
up.

Neil Abara said the credit for an electric furnace was tied to the site and not to its owner.

The Straker family declined to comment.""",
    ),
)


def folded(text: str) -> str:
    """``text`` with each paragraph on one line."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


STORIES = tuple(Story(folded(each.source), folded(each.independent), folded(each.follow_up)) for each in _TOLD)
