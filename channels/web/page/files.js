// A file as people see it: a card with its kind, name and size.
import { decimal, make, say, worded } from "./words.js";

const MEGA = 1024 * 1024;

export const sized = (bytes) =>
  bytes < MEGA ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${decimal(bytes / MEGA)} MB`;

// What stands in the card of any file.
function inside({ name, size }) {
  const ending = name.includes(".") ? name.split(".").pop().slice(0, 4).toLowerCase() : "";
  const kind = make("span", "kind", ending || "…");
  kind.dataset.kind = ending;
  return [kind, make("span", "name", name, make("small", "", sized(size)))];
}

// A file of the bot: a picture in place, anything else to save.
export function theirs(file, id) {
  const link = make("a", "file", ...(file.width ? [] : inside(file)));
  link.href = `/chat/file/${id}`;
  if (file.width) {
    const picture = make("img");
    Object.assign(picture, { src: link.href, alt: file.name, width: file.width, height: file.height });
    link.className = "picture";
    link.target = "_blank";
    link.append(picture);
    return link;
  }
  link.download = file.name;
  link.setAttribute("aria-label", say("bubble.file", { name: file.name }));
  link.append(make("span", "save"));
  return link;
}

// A picture that went out to many, shown from where the link in the text leads; if it does not load, the link is left.
export function shared({ name, src }) {
  const picture = make("img");
  const frame = make("div", "picture shared", picture);
  picture.onerror = () => frame.remove();
  Object.assign(picture, { alt: say("bubble.picture", { name }), src });
  return frame;
}

// A file of the person's own.
export const mine = (file) => make("div", "file", ...inside(file));

// How far it has gone (null: it does not go): a bar below the card and a figure beside the size, while it goes.
export function going(row, part) {
  const card = row.querySelector(".file");
  let bar = row.querySelector("progress");
  if (part === null) return bar?.remove();
  if (!bar) {
    bar = make("progress");
    bar.max = 100;
    card.after(bar);
  }
  bar.value = Math.floor(part * 100);
  bar.setAttribute("aria-label", say("file.going", { name: card.querySelector(".name").firstChild.data }));
  row.querySelector(".note").textContent = `${say("bubble.sending")} ${bar.value} %`;
}

// Why a file is not there yet, and what can be done: `retry` and `drop` are called by their buttons, where given.
export function trouble(row, { reason, retry, drop }) {
  row.querySelector(".trouble")?.remove();
  const box = make("div", "trouble");
  if (reason) {
    const why = worded(make("p"), `file.${reason}`);
    why.setAttribute("role", "status");
    box.append(why);
  }
  for (const [key, act] of Object.entries({ "file.retry": retry, "file.drop_it": drop })) {
    if (!act) continue;
    const button = worded(make("button", "more"), key);
    button.type = "button";
    button.onclick = act;
    box.append(button);
  }
  if (box.children.length) row.append(box);
}
