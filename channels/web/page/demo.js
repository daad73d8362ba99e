// The panel of the demo: whom to be, and what time it is. The server decides; the panel shows its answer.
import { post } from "./post.js";
import { dayOf, say, setNow } from "./words.js";

const at = (name) => document.getElementById(`demo-${name}`);
const panel = document.getElementById("demo");
const opener = at("open");
const roles = [...document.querySelectorAll("#demo-roles input")];
let state = null;

function show(fresh) {
  state = fresh;
  setNow(Date.parse(state.now));
  at("now").textContent = state.now_text;
  at("next").disabled = !state.next;
  at("to").value = dayOf(Date.parse(state.now));
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

async function act(what) {
  at("wrong").textContent = "";
  panel.setAttribute("aria-busy", "true");
  const answer = await post("/demo/act", what);
  panel.setAttribute("aria-busy", "false");
  if (answer?.status === 409) return ask((await answer.json()).message, what);
  if (!answer?.ok) {
    at("wrong").textContent = say("demo.failed");
    return show(state);
  }
  // somebody else, or everything from the start: another chat
  const fresh = await answer.json();
  if (fresh.restarting) await restarted(fresh.run);
  if (fresh.restarting || what.do === "persona") return location.reload();
  show(fresh);
}

// Resolves when another run of the demo answers.
async function restarted(run) {
  for (;;) {
    const next = await fetch("/demo/state").then((r) => r.json()).catch(() => null);
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

const answer = await fetch("/demo/state");
if (answer.ok) show(await answer.json());
