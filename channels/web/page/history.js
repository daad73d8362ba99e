// The conversation on the page: every entry once, in the order of the transcript; an edit takes the place of what it edits.
import { botBubble, mark, ownBubble, setTime } from "./bubbles.js";
import { going, trouble } from "./files.js";
import { dayName, dayOf, make, now, say, speak, worded } from "./words.js";

const NEAR = 80; // pixels from the end that still count as being there
const SOON = 10_000; // how long after a tap what comes is its answer, in milliseconds
const LATE = 60_000; // how long an answer is awaited, in milliseconds
const at = (id) => document.getElementById(id);
const [log, unsent, scroll, down, unread, typing] = ["log", "unsent", "scroll", "down", "unread", "typing"].map(at);

// `act` as in bubbles.js; `restore(item)` takes a refused message back into the composer; `retry(item)` sends a file again,
// `cancel(item)` never.
export function history({ act, restore, retry, cancel }) {
  const rows = new Map(); // entry id → row; an edit and what it edits have one row
  const own = new Map(); // id made by a page → row that is not in the transcript yet
  let live = false; // false while the page fills: nothing is announced or counted
  let atEnd = true;
  let missed = 0;
  let oldest = Infinity;
  let awaited = 0;
  let tapped = 0; // when a button was: what comes soon after answers it, and is looked for

  // Puts an entry before `anchor` (null: at the end). Returns its row if it is a new one to look at.
  function place(data, anchor) {
    if (rows.has(data.id)) return null;
    const { id, edits, body } = data;
    oldest = Math.min(oldest, id);
    if (body.own && body.action !== undefined) {
      rows.set(id, null);
      press(body, "stored");
      return null;
    }
    const row = body.own ? ownRow(data) : botBubble(data, edits ?? id, act);
    row.dataset.entry = id;
    const there = rows.get(edits);
    rows.set(id, there ?? row);
    if (there) return id > there.dataset.entry ? refill(there, row) : null;
    if (edits !== null) rows.set(edits, row); // what it edits is stale, should it be loaded later
    put(row, data.at, anchor);
    row.fold();
    return row;
  }

  function ownRow({ at, body }) {
    const row = own.get(body.id) ?? ownBubble(body, at);
    own.delete(body.id);
    mark(row, "stored");
    setTime(row, at);
    going(row, null);
    trouble(row, {});
    return row;
  }

  function put(row, at, anchor) {
    row.dataset.on = dayOf(at);
    const above = anchor ? anchor.previousElementSibling : log.lastElementChild;
    if (above?.dataset.on !== row.dataset.on) {
      const line = make("li", "day", dayName(row.dataset.on));
      line.dataset.on = line.dataset.day = row.dataset.on;
      log.insertBefore(line, anchor);
    }
    log.insertBefore(row, anchor);
  }

  function refill(row, fresh) {
    const focused = row.contains(document.activeElement);
    row.replaceChildren(...fresh.childNodes);
    row.dataset.entry = fresh.dataset.entry;
    row.lang = fresh.lang;
    row.fold();
    if (focused) (row.querySelector(".choices button") ?? scroll).focus({ preventScroll: true });
    return row;
  }

  function entry(data) {
    const there = rows.get(data.edits);
    const row = place(data, null);
    if (data.body.own) {
      wait(live || now() - data.at < LATE);
      return keepEnd();
    }
    wait(false);
    speak(data.body.language);
    if (!row || !live) return keepEnd();
    if (document.visibilityState === "visible" && (atEnd || now() - tapped < SOON)) return reveal(row);
    if (there) return there.scrollIntoView({ block: "nearest" }); // what was tapped is looked at already, or far above
    missed += 1;
    showDown();
  }

  // Older entries go above what is there, and what the reader looks at stays where it is.
  function older(entries) {
    const below = scroll.scrollHeight - scroll.scrollTop;
    const top = log.firstElementChild;
    for (const data of entries) place(data, top);
    if (top?.previousElementSibling?.dataset.on === top?.dataset.on) top.remove();
    scroll.scrollTop = scroll.scrollHeight - below;
  }

  // What the outbox says about something of ours.
  function outgoing(item) {
    const { id, state, said } = item;
    if (state === "stored") wait(true);
    if (said.action !== undefined) {
      if (state === "sending") tapped = now();
      return press(said, state);
    }
    const fresh = !own.has(id);
    if (fresh) {
      if (state === "stored") return; // the stream was faster
      own.set(id, ownBubble(said, item.at));
      unsent.append(own.get(id));
      own.get(id).fold();
    }
    mark(own.get(id), state);
    if (said.file) way(item, own.get(id));
    else if (state === "refused") offer(item, own.get(id));
    if (fresh && state === "sending") toEnd();
    else keepEnd();
  }

  // Where a file is on its way, and what can be done about it.
  function way(item, row) {
    const { state, reason } = item;
    going(row, state === "sending" ? 0 : null);
    if (state === "stored") return trouble(row, {});
    const drop = () => {
      row.remove();
      own.delete(item.id);
      cancel(item);
    };
    trouble(row, {
      reason: { failed: reason ?? "failed", refused: "refused", lost: "lost" }[state],
      retry: ["again", "failed"].includes(state) && (() => retry(item)),
      drop,
    });
  }

  function offer(item, row) {
    const button = worded(make("button", "more"), "bubble.edit");
    button.type = "button";
    button.onclick = () => {
      row.remove();
      own.delete(item.id);
      restore(item);
    };
    row.append(button);
  }

  function press({ on, action }, state) {
    const buttons = rows.get(on)?.querySelectorAll(".choices button") ?? [];
    for (const button of buttons) {
      if (button.dataset.action !== action) continue;
      button.dataset.state = state;
      button.setAttribute("aria-pressed", String(state !== "refused"));
    }
  }

  function wait(on) {
    clearTimeout(awaited);
    typing.hidden = !on;
    if (on) awaited = setTimeout(() => wait(false), LATE);
    keepEnd();
  }

  function toEnd() {
    scroll.scrollTop = scroll.scrollHeight;
    atEnd = true;
    missed = 0;
    showDown();
  }

  function keepEnd() {
    if (atEnd) toEnd();
  }

  // The end, but of something higher than the screen its beginning.
  function reveal(row) {
    toEnd();
    const top = row.offsetTop - 12;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
  }

  function showDown() {
    down.hidden = atEnd;
    unread.textContent = missed || "";
    down.setAttribute("aria-label", missed ? say("scroll.unread", { n: missed }) : say("scroll.down"));
    document.title = missed ? `(${missed}) ${say("page.title")}` : say("page.title");
  }

  function look() {
    atEnd = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < NEAR;
    if (atEnd && document.visibilityState === "visible") missed = 0;
    showDown();
  }

  scroll.addEventListener("scroll", look, { passive: true });
  document.addEventListener("visibilitychange", look);
  down.onclick = toEnd;
  log.addEventListener("load", keepEnd, true); // a picture has come
  new ResizeObserver(keepEnd).observe(scroll);

  return {
    entry,
    older,
    outgoing,
    moved: ({ id }, part) => own.has(id) && going(own.get(id), part),
    oldest: () => oldest,
    count: () => rows.size + own.size,
    filled() {
      live = true;
      log.setAttribute("aria-busy", "false");
      toEnd();
    },
  };
}
