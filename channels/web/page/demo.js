// The panel of the demo: whom to be, and what time it is. The server decides; the panel shows its answer.
import { post } from "./post.js";
import { dayOf, say, setNow } from "./words.js";

const at = (name) => document.getElementById(`demo-${name}`);
const panel = document.getElementById("demo");
const opener = at("open");
const roles = [...document.querySelectorAll("#demo-roles input")];
const EVERY = 5000; // milliseconds between two looks at the clock
let state = null;

const today = () => dayOf(Date.parse(state.now));

function clock(fresh) {
  state = fresh;
  setNow(Date.parse(state.now));
  if (at("now").textContent !== state.now_text) at("now").textContent = state.now_text;
  at("next").disabled = !state.next;
}

function show(fresh) {
  clock(fresh);
  at("to").value = today();
  const me = state.personas.find((one) => one.id === state.persona);
  at("board").replaceChildren(...state.boards.map(({ slug, name }) => new Option(name, slug, false, slug === me?.board)));
  at("persona").textContent = me?.label ?? "";
  for (const radio of roles) {
    radio.checked = radio.value === me?.role;
    radio.disabled = !persona(at("board").value, radio.value);
  }
  at("presets").replaceChildren(...state.presets.map(preset));
}

function preset({ id, label }) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.onclick = () => act({ do: "preset", preset: id });
  return button;
}

const persona = (board, role) => state.personas.find((one) => one.board === board && one.role === role);

function become(board, role) {
  const wanted = persona(board, role) ?? state.personas.find((one) => one.board === board);
  if (wanted) act({ do: "persona", persona: wanted.id });
}

const busy = () => panel.getAttribute("aria-busy") === "true";

// The next act waits until this one is over, and whoever is at a button stays there.
async function during(work) {
  const here = document.activeElement;
  const all = [...panel.querySelectorAll("section button, section input, section select")].filter((one) => !one.disabled);
  panel.setAttribute("aria-busy", "true");
  for (const one of all) one.disabled = true;
  const found = await work;
  for (const one of all) one.disabled = false;
  panel.setAttribute("aria-busy", "false");
  if (document.activeElement === document.body) here.focus();
  return found;
}

async function act(what) {
  at("wrong").textContent = "";
  const answer = await during(post("/demo/act", what));
  if (answer?.status === 409) return ask((await answer.json()).message, what);
  if (!answer?.ok) {
    at("wrong").textContent = say("demo.failed");
    return show(state);
  }
  // somebody else, or everything from the start: another chat
  const fresh = await answer.json();
  if (fresh.restarting) await during(restarted(fresh.run));
  if (fresh.restarting || what.do === "persona") return location.reload();
  show(fresh);
}

const asked = () => fetch("/demo/state").then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);

// Business time runs on, and another window may have turned it, started over or become somebody else.
async function look() {
  if (document.hidden || !state || busy()) return;
  const fresh = await asked();
  // while this was under way the clock may have been turned: it never goes back
  if (!fresh || busy() || (fresh.run === state.run && fresh.now < state.now)) return;
  if (fresh.run !== state.run || fresh.persona !== state.persona) return location.reload();
  const picked = at("to").value !== today();
  clock(fresh);
  if (!picked) at("to").value = today();
}

// Resolves when another run of the demo answers.
async function restarted(run) {
  for (;;) {
    const next = await asked();
    if (next && next.run !== run) return;
    await new Promise((later) => setTimeout(later, 300));
  }
}

function ask(message, what) {
  const dialog = at("ask");
  at("ask-text").textContent = message;
  dialog.onclose = () => (dialog.returnValue === "over" ? act({ ...what, over: true }) : show(state));
  dialog.returnValue = "";
  dialog.showModal();
}

function drawer(open) {
  panel.classList.toggle("open", open);
  at("shade").hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  (open ? at("close") : opener).focus();
}

for (const button of panel.querySelectorAll("[data-do]")) button.onclick = () => act({ do: button.dataset.do });
for (const radio of roles) radio.onchange = () => become(at("board").value, radio.value);
at("board").onchange = () => become(at("board").value, roles.find((radio) => radio.checked)?.value);
at("date").onsubmit = (event) => {
  event.preventDefault();
  act({ do: "to", to: `${at("to").value}T08:00:00+07:00` });
};
opener.onclick = () => drawer(true);
at("close").onclick = at("shade").onclick = () => drawer(false);
panel.addEventListener("keydown", (event) => event.key === "Escape" && panel.classList.contains("open") && drawer(false));

setInterval(look, EVERY);
window.addEventListener("focus", look);
document.addEventListener("visibilitychange", look);

const first = await asked();
if (first) show(first);
