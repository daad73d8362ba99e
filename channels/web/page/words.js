// The page's words and dates, in the language of the bot's last message.
import { keep } from "./keep.js";

const words = JSON.parse(document.body.dataset.words);
const ZONE = "Asia/Ho_Chi_Minh";
const HOURS = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
const ISO_DAY = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const DAY = 86_400_000;
let language = "vi";
let ahead = 0; // how far business time is from this device's clock: the demo turns it

export const say = (key, values = {}) =>
  words[`web.${key}`][language].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function speak(wanted) {
  if (wanted === language || !(wanted in words["web.page.title"])) return;
  language = wanted;
  keep.set("language", wanted);
  document.documentElement.lang = wanted;
  document.title = say("page.title");
  for (const at of document.querySelectorAll("[data-say]")) at.textContent = say(at.dataset.say);
  for (const at of document.querySelectorAll("[data-label]")) at.setAttribute("aria-label", say(at.dataset.label));
  for (const at of document.querySelectorAll("[data-hint]")) at.placeholder = say(at.dataset.hint);
  for (const at of document.querySelectorAll("[data-day]")) at.textContent = dayName(at.dataset.day);
}

// Elements that keep up when the language changes.
export function worded(element, key) {
  element.dataset.say = key;
  element.textContent = say(key);
  return element;
}

export function make(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export const decimal = (number) =>
  new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 1 }).format(number);

export const now = () => Date.now() + ahead;
export const setNow = (instant) => {
  ahead = instant - Date.now();
  for (const at of document.querySelectorAll("[data-day]")) at.textContent = dayName(at.dataset.day);
};
export const hour = (instant) => HOURS.format(instant);
export const dayOf = (instant) => ISO_DAY.format(instant);

export function dayName(day) {
  if (day === dayOf(now())) return say("day.today");
  if (day === dayOf(now() - DAY)) return say("day.yesterday");
  const locale = language === "vi" ? "vi-VN" : "en-GB";
  const shape = { weekday: "long", day: "numeric", month: "numeric", year: "numeric", timeZone: "UTC" };
  const name = new Intl.DateTimeFormat(locale, shape).format(new Date(`${day}T00:00:00Z`));
  return name[0].toUpperCase() + name.slice(1);
}

speak(keep.get("language") ?? "vi");
