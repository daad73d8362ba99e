// Compares a file with the hashes on the page, here in the browser: it is read, never sent.
// The whole file first; a receipt of ours is known by the content attached to it.
const drop = document.getElementById("drop");
const input = document.getElementById("file");
const result = document.getElementById("result");
const content = document.getElementById("content");
const known = [...document.querySelectorAll("[data-sha256]")]; // versions, and the files handed in with them
const PDF = "%PDF-";
const LARGEST = 16 * 1024 * 1024; // bytes: no receipt, and no content of one, comes near it
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

async function sameAs(bytes) {
  const hash = await sha256(bytes);
  return known.filter((one) => one.dataset.sha256 === hash);
}

function readable(bytes) {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// How comparing ends: "match" with what is the same (`bytes`: its content, where it can be read), "none", "emptyPdf".
async function compared(file) {
  const sameSize = known.some((one) => Number(one.dataset.size) === file.size);
  if (!sameSize && file.size > LARGEST) return { ends: "none" }; // not even read
  const whole = new Uint8Array(await file.arrayBuffer());
  const same = await sameAs(whole);
  if (same.length) return { ends: "match", same, bytes: same.some((one) => !one.dataset.size) && whole };
  if (whole.length > LARGEST || new TextDecoder("latin1").decode(whole.subarray(0, PDF.length)) !== PDF) return { ends: "none" };
  const bytes = attached(whole);
  if (!bytes) return { ends: "emptyPdf" };
  const inside = await sameAs(bytes);
  return inside.length ? { ends: "match", same: inside, bytes } : { ends: "none" };
}

async function compare(file) {
  const mine = ++turn;
  content.hidden = true;
  for (const one of known) one.classList.remove("found");
  if (!globalThis.crypto?.subtle) return show("cannot", drop.dataset.cannot);
  show("reading", drop.dataset.reading);
  try {
    const { ends, same, bytes } = await compared(file);
    if (mine !== turn) return; // another file was chosen meanwhile
    if (ends !== "match") return show(ends, drop.dataset[ends]);
    show(ends, same.map((one) => `✓ ${one.dataset.match}`).join("\n"));
    for (const one of same) one.classList.add("found");
    if (!bytes) return;
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
