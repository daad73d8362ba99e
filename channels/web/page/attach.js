// How files get onto the page: picked, dropped, pasted. What cannot be sent is refused before anything goes out.
import { say } from "./words.js";
import { sized } from "./files.js";

const limit = Number(document.body.dataset.fileLimit);
const at = (id) => document.getElementById(id);
const [button, picker, drop] = ["attach", "files", "drop"].map(at);

// `send(file)` for each that can go; `refuse(words)` says what cannot, and why.
export function attach({ send, refuse }) {
  let over = 0; // elements the dragged files are over: each is entered before the last is left

  function take(list) {
    const files = [...list];
    const wrong = files.map(fault).filter(Boolean);
    refuse(wrong.join("\n"));
    for (const file of files) if (!fault(file)) send(file);
  }

  button.onclick = () => picker.click();
  picker.onchange = () => {
    take(picker.files);
    picker.value = ""; // the same file may be picked again
  };
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    // cells and paragraphs come with a picture of themselves: then the words are meant
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    take(files);
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      over = kind === "drop" ? 0 : over + (kind === "dragenter") - (kind === "dragleave");
      drop.hidden = over <= 0;
      drop.textContent = say("file.drop", { limit: sized(limit) });
      if (kind === "drop") take(event.dataTransfer.files);
    });
  }
}

function fault({ name, size }) {
  if (size > limit) return say("file.too_large", { name, size: sized(size), limit: sized(limit) });
  return size ? "" : say("file.empty", { name });
}
