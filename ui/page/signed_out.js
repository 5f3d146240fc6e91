// A session that ran out: nothing on the page is lost when one signs in beside it.

import { append } from "./dialog.js";

const fetches = window.fetch;
window.fetch = async (...request) => {
  const answer = await fetches(...request);
  if (answer.status === 401) signedOut();
  return answer;
};

function signedOut() {
  if (document.querySelector(".cd-signed-out")) return;
  const told = append(document.querySelector(".gradio-container"), "p", "You are no longer signed in. ");
  told.className = "cd-signed-out";
  told.setAttribute("role", "alert");
  const link = append(told, "a", "Sign in in another tab");
  link.href = "signin";
  link.target = "_blank";
  link.addEventListener("click", () => told.remove());
  told.append(", then go on here.");
}
