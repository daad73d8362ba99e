// What was said and is not stored yet. It is kept in the browser until the server says that it has it, and goes out one
// after another under an id made here, so that trying again never says a thing twice. The bytes of a file stand in the
// open page alone: of one that had not gone out when the page was left, only its name is known afterwards.
import { keep } from "./keep.js";
import { post } from "./post.js";
import { upload } from "./upload.js";

const FIRST = 500;
const LONGEST = 15_000;
const REFUSED = [400, 413, 415, 422];
const STRANGE = [401, 403];
const LATER = { 409: "visitor", 429: "many", 507: "full" }; // not now: what is said of it, until the person tries again
const TRIES = 3; // while the line is up; then a file no longer holds up what was said after it
const STUCK = ["refused", "failed", "lost"];
const name = `unsent.${document.body.dataset.tag}`;

// `changed(item)` hears of every new state: sending, again, stored, refused, for a file also failed and lost;
// `moved(item, part)` how much of a file has gone; `strange()` that we are not recognised; `online()` whether the line is up.
export function outbox({ changed, moved, strange, online }) {
  let waiting = (keep.get(name) ?? []).map((item) => (item.said.file ? { ...item, state: "lost" } : item));
  const files = new Map(); // id → the file itself
  let under = null; // the upload under way
  let busy = false;
  let wake = () => {};

  const save = () => keep.set(name, waiting.length ? waiting : null);

  function drop(id) {
    waiting = waiting.filter((item) => item.id !== id);
    files.delete(id);
    if (under?.id === id) under.abort();
    save();
  }

  async function attempt(item) {
    const status = item.said.file ? await carry(item) : (await post("/chat/send", item.said))?.status;
    if (status === 202) return "stored";
    if (REFUSED.includes(status)) return "refused";
    if (STRANGE.includes(status) && strange(waiting)) return "left";
    item.reason = LATER[status];
    if (item.reason) return "failed";
    item.tries = (item.tries ?? 0) + online();
    return item.said.file && item.tries >= TRIES ? "failed" : "again";
  }

  async function carry(item) {
    under = { id: item.id, ...upload(item.id, files.get(item.id), (part) => moved(item, part)) };
    const status = await under.done;
    under = null;
    return status;
  }

  async function flush() {
    if (busy) return;
    busy = true;
    let pause = FIRST;
    for (let item; (item = waiting.find((one) => !STUCK.includes(one.state))); ) {
      if (item.said.file && item.state === "again") changed(Object.assign(item, { state: "sending" }));
      const state = await attempt(item);
      if (state === "left") return;
      if (!waiting.includes(item)) continue; // the stream has shown it meanwhile
      item.state = state;
      if (state === "stored") drop(item.id);
      else save();
      changed(item);
      if (state !== "again") {
        pause = FIRST;
        continue;
      }
      await new Promise((done) => {
        wake = done;
        setTimeout(done, pause * (0.75 + Math.random() / 2));
      });
      pause = Math.min(pause * 2, LONGEST);
    }
    busy = false;
  }

  return {
    waiting: () => waiting,
    drop,
    flush,
    hurry: () => wake(),
    holds: () => files.size > 0,
    cancel(id) {
      drop(id);
      wake();
    },
    retry(item) {
      Object.assign(item, { state: "sending", tries: 0 });
      save();
      changed(item);
      wake();
      flush();
    },
    add(what, at, id = uuid(), file = null) {
      if (waiting.some((item) => item.id === id)) return;
      if (file) files.set(id, file);
      const item = { id, at, state: what.file && !file ? "lost" : "sending", said: { ...what, id } };
      waiting.push(item);
      save();
      changed(item);
      flush();
    },
  };
}

// crypto.randomUUID is there only over https; offices also open the page by http inside their own network.
function uuid() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
