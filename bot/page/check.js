// Compares a file with the hashes on the page, here in the browser: it is read, never sent.
const drop = document.getElementById("drop");
const input = document.getElementById("file");
const result = document.getElementById("result");
const content = document.getElementById("content");
const versions = [...document.querySelectorAll("[data-sha256]")];
const PDF = "%PDF-";
let turn = 0;

function show(ends, words) {
  result.dataset.ends = ends;
  result.textContent = words;
  result.hidden = false;
}

// The file attached to one of our PDFs stands in it as it is; null where there is none.
function attached(bytes) {
  const text = new TextDecoder("latin1").decode(bytes); // one character a byte
  const kind = text.indexOf("/Type /EmbeddedFile");
  const starts = /\bstream\r?\n/g;
  starts.lastIndex = kind;
  const start = kind < 0 ? null : starts.exec(text);
  const head = start && text.slice(text.lastIndexOf(" obj", kind), start.index);
  const length = head && /\/Length (\d+)/.exec(head);
  return length && !head.includes("/Filter") ? bytes.slice(starts.lastIndex, starts.lastIndex + Number(length[1])) : null;
}

async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function readable(bytes) {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function compare(file) {
  const mine = ++turn;
  content.hidden = true;
  for (const one of versions) one.classList.remove("found");
  if (!globalThis.crypto?.subtle) return show("cannot", drop.dataset.cannot);
  show("reading", drop.dataset.reading);
  try {
    let bytes = new Uint8Array(await file.arrayBuffer());
    if (new TextDecoder("latin1").decode(bytes.subarray(0, PDF.length)) === PDF) bytes = attached(bytes);
    const hash = bytes && (await sha256(bytes));
    if (mine !== turn) return; // another file was chosen meanwhile
    if (!bytes) return show("emptyPdf", drop.dataset.emptyPdf);
    const same = versions.filter((one) => one.dataset.sha256 === hash);
    if (!same.length) return show("none", drop.dataset.none);
    show("match", same.map((one) => `✓ ${one.dataset.match}`).join("\n"));
    for (const one of same) one.classList.add("found");
    content.querySelector("pre").textContent = readable(bytes);
    content.hidden = false;
  } catch {
    if (mine === turn) show("failed", drop.dataset.failed);
  }
}

input.addEventListener("change", () => {
  if (input.files.length) compare(input.files[0]);
  input.value = ""; // the same file can be chosen again, after it was mended
});

// A file dropped beside the field must not replace the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
drop.addEventListener("dragover", () => drop.classList.add("over"));
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
addEventListener("drop", (event) => {
  drop.classList.remove("over");
  if (event.dataTransfer.files.length) compare(event.dataTransfer.files[0]);
});

document.getElementById("no-script").hidden = true;
drop.hidden = false;
