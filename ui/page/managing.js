// What an administrator does with the document that is open.

import { asked } from "./dialog.js";
import { tell } from "./tell.js";

export async function manage(button) {
  const row = button.closest(".cd-manage");
  const { id, more, uploaded } = row.dataset;
  const removing = button.matches(".cd-remove");
  const title = button.closest(".cd-doc").querySelector(".cd-title").textContent;
  const file = uploaded === undefined ? "The file itself stays where it is." : "The uploaded file is deleted.";
  const text = `“${title}”${more} will no longer be found. ${file}`;
  if (removing && (await asked({ head: "Remove from the library?", text, act: "Remove" })) === null) return;
  row.replaceChildren();
  row.setAttribute("role", "status");
  row.tabIndex = -1;
  row.textContent = removing ? "Removing…" : "Reading the file again…";
  row.focus({ preventScroll: true }); // the button that had it is gone
  tell("cd-managed", `#${removing ? "remove" : "again"}-${encodeURIComponent(id)}`);
}
