// Asks before something is done. Text only, never markup.

// Asks for a text, or only whether; gives null when it was put off.
export function asked({ head, text = "", value = null, act }) {
  const dialog = document.createElement("dialog");
  dialog.className = "cd-dialog";
  dialog.setAttribute("aria-labelledby", "cd-dialog-head");
  const form = append(dialog, "form", "");
  form.method = "dialog";
  append(form, "h2", head).id = "cd-dialog-head";
  if (text) append(form, "p", text);
  const field = value === null ? null : append(form, "input", "");
  if (field) {
    field.value = value;
    field.maxLength = 80;
    field.required = true;
    field.setAttribute("aria-label", "Title");
  }
  const row = append(form, "p", "");
  append(row, "button", act).value = "yes";
  row.classList.toggle("cd-grave", !field); // what cannot be taken back
  const no = append(row, "button", "Cancel");
  no.autofocus = !field; // Enter alone destroys nothing
  no.formNoValidate = true;
  no.value = "";
  const opener = document.activeElement;
  document.querySelector(".gradio-container").append(dialog);
  dialog.showModal();
  field?.select();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      opener?.focus();
      resolve(dialog.returnValue === "yes" ? (field?.value.trim() ?? "") : null);
    });
  });
}

export function append(parent, name, text) {
  const child = document.createElement(name);
  child.textContent = text;
  parent.append(child);
  return child;
}
