// What was said and is not stored yet. It is kept in the browser until the server says that it has it, and goes out one
// after another under an id made here, so that trying again never says a thing twice.
import { keep } from "./keep.js";
import { post } from "./post.js";

const FIRST = 500;
const LONGEST = 15_000;
const REFUSED = [400, 413, 415, 422];
const STRANGE = [401, 403];
const name = `unsent.${document.body.dataset.tag}`;

// `changed(item)` hears of every new state: sending, again, stored, refused; `strange()` that we are not recognised.
export function outbox({ changed, strange }) {
  let waiting = [...(keep.get(name) ?? [])];
  let busy = false;
  let wake = () => {};

  const save = () => keep.set(name, waiting.length ? waiting : null);

  function drop(id) {
    waiting = waiting.filter((item) => item.id !== id);
    save();
  }

  async function attempt(item) {
    const answer = await post("/chat/send", item.said);
    if (answer?.status === 202) return "stored";
    if (REFUSED.includes(answer?.status)) return "refused";
    if (STRANGE.includes(answer?.status) && strange(waiting)) return "left";
    return "again";
  }

  async function flush() {
    if (busy) return;
    busy = true;
    let pause = FIRST;
    for (let item; (item = waiting.find((one) => one.state !== "refused")); ) {
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
    add(what, at, id = uuid()) {
      if (waiting.some((item) => item.id === id)) return;
      const item = { id, at, state: "sending", said: { ...what, id } };
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
