// The chat: what was said goes out through the outbox, what is in the transcript comes in through the stream.
import { attach } from "./attach.js";
import { history } from "./history.js";
import { keep } from "./keep.js";
import { outbox } from "./outbox.js";
import { post } from "./post.js";
import { stream } from "./stream.js";
import { now, say, worded } from "./words.js";

const { tag, version, limit, page } = document.body.dataset;
const at = (id) => document.getElementById(id);
const [text, wrong, banner, state, hello, older] = ["text", "wrong", "banner", "state", "hello", "older"].map(at);
const draft = `draft.${tag}`;
const BLIP = 1500; // milliseconds a line may be gone before we speak of it
let late = 0;
let up = false; // the line to the server
let filled = false;
let newest = 0;
let shown = 0;
let telling = 0;

const talk = history({ act, restore, retry: (item) => out.retry(item), cancel: (item) => out.cancel(item.id) });
const out = outbox({ changed, moved: talk.moved, strange, online: () => up });

function act(what, button) {
  if (["sending", "again"].includes(button?.dataset.state)) return;
  out.add(what, now());
}

function changed(item) {
  talk.outgoing(item);
  if (item.state === "refused" && item.said.action !== undefined) out.drop(item.id);
  greet();
}

function restore(item) {
  out.drop(item.id);
  type([text.value, item.said.text].filter(Boolean).join("\n"));
}

function greet() {
  hello.hidden = talk.count() > 0;
}

// We are not recognised any more. Once, take what is unsent along (of files their names) and start afresh; the next time say so.
function strange(waiting) {
  if (sessionStorage.getItem("carry")) {
    warn("page.no_cookies");
    return false;
  }
  sessionStorage.setItem("carry", JSON.stringify(waiting.filter((item) => item.said.text || item.said.file)));
  location.reload();
  return true;
}

function warn(key) {
  banner.hidden = !key;
  if (key) worded(banner, key);
}

function line(there) {
  clearTimeout(late);
  up = there;
  if (up) {
    warn(null);
    worded(state, "page.online");
    state.classList.add("up");
    out.hurry();
    out.flush();
    return;
  }
  late = setTimeout(() => {
    state.classList.remove("up");
    worded(state, "page.reconnecting");
    warn(navigator.onLine ? "page.reconnecting" : "page.offline");
    fetch("/chat/older?before=1").then((answer) => answer.status === 401 && strange(out.waiting()), () => {});
  }, navigator.onLine ? BLIP : 0);
}

function entry(data) {
  if (data.body.own) out.drop(data.body.id);
  else newest = data.id;
  talk.entry(data);
  if (filled) greet();
  seen();
}

function seen() {
  if (document.visibilityState !== "visible" || newest <= shown) return;
  clearTimeout(telling);
  telling = setTimeout(async () => {
    const upto = newest;
    if ((await post("/chat/seen", { upto }))?.ok) shown = Math.max(shown, upto);
  }, 300);
}

function ready(served) {
  if (served !== version && sessionStorage.getItem("version") !== served && !out.holds()) {
    sessionStorage.setItem("version", served); // once for each: nothing typed is lost by it
    return location.reload();
  }
  if (filled) return;
  filled = true;
  talk.filled();
  older.hidden = talk.count() < page;
  for (const item of out.waiting()) if (item.said.action) talk.outgoing(item); // now their buttons are there
  start();
  greet();
  sessionStorage.removeItem("carry");
}

// A link with a code says "/start CODE" by itself, once: it is in the outbox before it leaves the address line.
function start() {
  const code = new URLSearchParams(location.search).get("start");
  if (code && /^[\w-]{1,64}$/.test(code)) act({ text: `/start ${code}` });
  if (location.search) window.history.replaceState(null, "", "/");
  try {
    for (const { at, id, said } of JSON.parse(sessionStorage.getItem("carry")) ?? []) out.add(said, at, id);
  } catch {
    // nothing was carried over
  }
}

function sendFile(file) {
  out.add({ file: { name: file.name, size: file.size } }, now(), undefined, file);
}

function type(words) {
  text.value = words;
  typed();
  text.focus();
}

function typed() {
  keep.set(draft, text.value || null);
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
  wrong.textContent = long() ? say("composer.too_long", { limit }) : "";
}

function long() {
  return [...text.value].length > limit;
}

function submit(event) {
  event?.preventDefault();
  if (!text.value.trim() || long()) return;
  act({ text: text.value.trim() });
  type("");
}

at("composer").addEventListener("submit", submit);
text.addEventListener("input", typed);
text.addEventListener("keydown", (event) => {
  // while a word is being composed (Telex, VNI) Enter belongs to the keyboard
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
});
attach({ send: sendFile, refuse: (words) => (wrong.textContent = words) });
at("begin").addEventListener("click", () => act({ text: "/start" }));
for (const button of document.querySelectorAll(".quick button")) {
  button.addEventListener("click", () => act({ text: button.dataset.text }));
}
older.addEventListener("click", async () => {
  const answer = await fetch(`/chat/older?before=${talk.oldest()}`).catch(() => null);
  if (!answer?.ok) return;
  const { entries } = await answer.json();
  talk.older(entries);
  older.hidden = entries.length < page;
});

if (keep.get(draft)) {
  text.value = keep.get(draft);
  typed();
}
out.waiting().forEach(talk.outgoing);
const hurry = stream({ entry, ready, state: line });
for (const event of ["online", "offline"]) {
  window.addEventListener(event, () => (navigator.onLine ? (hurry(true), out.hurry()) : line(false)));
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  hurry();
  seen();
});
