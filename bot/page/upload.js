// Sends files one after the other, each under an id made here: sent again, it is still the same file. The list tells how
// far each has gone; what became of it inside is told in the conversation.
const at = (id) => document.getElementById(id);
const [drop, list, came, done, left] = ["drop", "files", "came", "done", "left"].map(at);
const words = JSON.parse(drop.dataset.words);
const statuses = JSON.parse(drop.dataset.statuses);
const most = Number(drop.dataset.most);
const MEGA = 1024 * 1024;
const TRIES = 3; // of what may pass by itself; then the person decides
const FIRST = 1000;
const STALLED = 60_000; // nothing has moved for so long: this attempt is over
const PASSING = [0, 408, 503];
const LASTING = ["kept", "dead", "no_room", "too_large", "empty", "many"]; // trying again comes to the same
const queue = [];
let room = Number(drop.dataset.room);
let busy = false;

const say = (word, values = {}) => words[word].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const wait = (milliseconds) => new Promise((over) => setTimeout(over, milliseconds));
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
const sized = (bytes) =>
  bytes < MEGA
    ? `${Math.ceil(bytes / 1024)} KB`
    : `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(bytes / MEGA)} MB`;

// Halves of a pair cannot be written in an address, and nobody reads more than so much of a name.
const whole = (name) => [...name.replace(/\p{Surrogate}/gu, "")].slice(-255).join("");

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function listed(file) {
  const row = make("li", "");
  const [note, bar] = [make("p", "note"), make("progress", "")];
  note.setAttribute("role", "status");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  row.append(make("b", "name", file.name), make("span", "size", sized(file.size)), bar, note);
  list.append(row);
  return { file, id: newId(), row, note, bar };
}

function tell(item, state, values) {
  item.row.dataset.state = state;
  item.note.textContent = say(state, values);
  item.bar.hidden = !["waiting", "going"].includes(state);
  item.row.classList.toggle("trouble", item.bar.hidden && state !== "kept");
  item.row.querySelector("button")?.remove();
  if (item.bar.hidden && !LASTING.includes(state)) {
    const again = make("button", "main second", words.retry);
    again.type = "button";
    again.onclick = () => wanted(item);
    item.row.append(again);
  }
}

// One attempt; the status of the answer, 0 if none came.
function attempt({ file, id }, progress) {
  const request = new XMLHttpRequest(); // it alone tells how much has gone out
  let timer = 0;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), STALLED);
  };
  return new Promise((ended) => {
    request.onloadend = () => {
      clearTimeout(timer);
      ended(request.status);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      progress(total ? loaded / total : 1);
    };
    request.open("POST", `${drop.dataset.file}?id=${id}&name=${encodeURIComponent(whole(file.name))}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    alive();
    request.send(file);
  });
}

async function send(item) {
  for (let tries = 1; ; tries += 1) {
    const going = (part) => {
      item.bar.value = Math.floor(part * 100);
      tell(item, "going", { percent: item.bar.value });
    };
    going(0);
    const status = await attempt(item, going);
    if (PASSING.includes(status) && tries < TRIES) {
      await wait(FIRST * 3 ** (tries - 1));
      continue;
    }
    const state = statuses[status] ?? "failed";
    tell(item, state);
    if (state === "kept") {
      came.textContent = Number(came.textContent) + 1;
      done.classList.remove("second");
    }
    return;
  }
}

async function work() {
  if (busy) return;
  busy = done.disabled = true;
  while (queue.length) await send(queue.shift());
  busy = done.disabled = false;
}

function wanted(item) {
  tell(item, "waiting");
  queue.push(item);
  work();
}

function take(files) {
  for (const file of files) {
    const item = listed(file);
    const fault = file.size > most ? "too_large" : !file.size ? "empty" : room <= 0 ? "no_room" : "";
    if (fault) {
      tell(item, fault);
      continue;
    }
    room -= 1;
    wanted(item);
  }
}

for (const input of [at("pick"), at("photo")]) {
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // the same file may be chosen again
  });
}

// A file dropped beside the field must not replace the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
addEventListener("dragover", () => drop.classList.add("over"));
addEventListener("dragleave", () => drop.classList.remove("over"));
addEventListener("drop", (event) => {
  drop.classList.remove("over");
  if (!over()) take([...event.dataTransfer.files]);
});

// Whoever leaves while something is under way is asked first.
addEventListener("beforeunload", (event) => {
  if (busy) event.preventDefault();
});

const ends = performance.now() + Number(left.dataset.seconds) * 1000;
const over = () => performance.now() >= ends;

function tick() {
  const minutes = Math.ceil((ends - performance.now()) / 60_000);
  left.textContent = over() ? words.over : say("left", { minutes });
  if (!over()) return setTimeout(tick, Math.min(5000, ends - performance.now() + 50));
  for (const input of drop.querySelectorAll("input")) input.disabled = true;
  drop.hidden = true;
}

document.querySelector(".plain").remove();
drop.hidden = false;
tick();
