// One message as an element of the page. Everything said is set as text, never as markup.
import { mine, shared, theirs } from "./files.js";
import { hour, make, say, worded } from "./words.js";

const SHORT_LABEL = 16;
const LONG_ADDRESS = 60; // characters from which on an address is one line, cut; what is copied is whole
// What is folded, and from how many pixels on; of a text with a long quotation that alone, the rest is to be seen.
const FOLDED = { "blockquote.long": 200, ".text": 640 };
const TOKEN = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'”’…])|(^|\s)(\/[a-z]{2,20})(?![\w/])|([▓░]{5,})\s?/gm;

// What the bot says. `act` is called with ({action, on}, button) and ({text}, button).
export function botBubble(entry, on, act) {
  const { spans = [], buttons = [], file, picture } = entry.body;
  const bubble = make("div", "bubble", worded(make("span", "unseen"), "bubble.bot"));
  if (file) bubble.append(theirs(file, entry.id));
  if (picture) bubble.append(shared(picture));
  if (spans.some(([text]) => text.trim())) bubble.append(textOf(spans, act));
  bubble.append(meta(entry.at));
  const row = make("li", "row bot", bubble);
  row.lang = entry.body.language ?? "vi";
  if (buttons.length) row.append(choices(buttons, on, act));
  return folds(row);
}

// What the person says: a text or a file.
export function ownBubble({ text, file }, at) {
  const what = file ? mine(file) : make("div", "text", text);
  return folds(make("li", "row own", make("div", "bubble", worded(make("span", "unseen"), "bubble.you"), what, meta(at))));
}

export function mark(row, state) {
  row.dataset.state = state;
  const shown = { sending: "sending", again: "again", stored: "sent" }[state] ?? "refused";
  let note = row.querySelector(".note");
  if (!note) row.querySelector(".meta").append((note = make("span", "note")));
  worded(note, `bubble.${shown}`);
}

export function setTime(row, at) {
  row.querySelector("time").replaceWith(time(at));
}

function time(at) {
  const element = make("time", "", hour(at));
  element.dateTime = new Date(at).toISOString();
  return element;
}

function meta(at) {
  return make("p", "meta", time(at));
}

function textOf(spans, act) {
  const text = make("div", "text");
  let quote = null;
  for (const [words, style] of spans) {
    if (style !== "quote" && style !== "fold") {
      // a line break right after a quotation ends it: the block already breaks the line
      const rest = quote ? words.replace(/^\n/, "") : words;
      if (rest) text.append(...linked(rest, style, act));
      if (words) quote = null;
      continue;
    }
    if (!quote) {
      trimEnd(text);
      text.append((quote = make("blockquote", style === "fold" ? "long" : "")));
    }
    quote.append(...linked(words, "", act));
  }
  return text;
}

function trimEnd(text) {
  const last = text.lastChild;
  if (last?.nodeType === Node.TEXT_NODE) last.data = last.data.replace(/\n$/, "");
}

function linked(words, style, act) {
  const parts = [];
  let from = 0;
  for (const { index, 0: whole, 1: address, 2: before, 3: command, 4: blocks } of words.matchAll(TOKEN)) {
    const shown = blocks ? bar(blocks) : address ? outward(address) : inward(command, act);
    parts.push(words.slice(from, index) + (before ?? ""), shown);
    from = index + whole.length;
  }
  parts.push(words.slice(from));
  return style === "bold" ? [make("strong", "", ...parts)] : parts;
}

function outward(address) {
  const link = make("a", address.length > LONG_ADDRESS ? "long" : "", address);
  return Object.assign(link, { href: address, target: "_blank", rel: "noopener noreferrer" });
}

// How far something is, drawn in blocks where words are all there is; how many percent stands beside it.
function bar(blocks) {
  const drawn = make("progress");
  drawn.max = blocks.length;
  drawn.value = blocks.replaceAll("░", "").length;
  drawn.setAttribute("aria-hidden", "true");
  return drawn;
}

function inward(command, act) {
  const button = make("button", "command", command);
  button.type = "button";
  button.onclick = () => act({ text: command }, button);
  return button;
}

function choices(buttons, on, act) {
  const group = make("div", "choices");
  group.setAttribute("role", "group");
  group.dataset.label = "bubble.choices";
  group.setAttribute("aria-label", say("bubble.choices"));
  group.classList.toggle("short", buttons.length > 1 && buttons.every(([label]) => label.length <= SHORT_LABEL));
  for (const [label, action] of buttons) {
    const button = make("button", "", label);
    button.type = "button";
    button.dataset.action = action;
    button.onclick = () => act({ action, on }, button);
    group.append(button);
  }
  return group;
}

// Gives a row `fold()`: once it is laid out, what is too high shows its beginning and a button. True if it did.
function folds(row) {
  row.fold = () => {
    const what = Object.keys(FOLDED).find((one) => row.querySelector(one));
    const text = what && row.querySelector(what);
    if (!text || text.scrollHeight <= FOLDED[what]) return false;
    const more = make("button", "more");
    more.type = "button";
    const close = (closed) => {
      text.classList.toggle("folded", closed);
      more.setAttribute("aria-expanded", String(!closed));
      worded(more, closed ? "bubble.more" : "bubble.less");
    };
    more.onclick = () => close(!text.classList.contains("folded"));
    text.addEventListener("focusin", () => close(false));
    text.after(more);
    close(true);
    return true;
  };
  return row;
}
