// The line to the server: entries as they come, from the last one we have, for as long as the page is open.
const FIRST = 300;
const LONGEST = 15_000;
const DEAD = 40_000; // two heartbeats missed: the line is gone, whatever the browser thinks

// `entry(data)`, `ready(version)` once everything missed has come, `state(up)`. Returns a function that hurries; `anew` it
// distrusts a line that looks open.
export function stream({ entry, ready, state }) {
  let last = null;
  let source = null;
  let pause = FIRST;
  let timer = 0;

  function alive() {
    clearTimeout(timer);
    timer = setTimeout(broken, DEAD);
  }

  function broken() {
    source?.close();
    source = null;
    state(false);
    clearTimeout(timer);
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST);
  }

  function open() {
    source?.close();
    source = new EventSource(last === null ? "/chat/stream" : `/chat/stream?after=${last}`);
    source.onmessage = (event) => {
      alive();
      last = Number(event.lastEventId);
      entry(JSON.parse(event.data));
    };
    source.addEventListener("beat", alive);
    source.addEventListener("ready", (event) => {
      alive();
      last ??= 0;
      pause = FIRST;
      state(true);
      ready(event.data);
    });
    source.onerror = broken;
    alive();
  }

  open();
  return (anew) => {
    if (!anew && source?.readyState === EventSource.OPEN) return;
    pause = FIRST;
    clearTimeout(timer);
    open();
  };
}
