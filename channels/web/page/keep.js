// What the browser keeps over a reload. Where it may keep nothing, the page works without.
const memory = new Map();

export const keep = {
  get(name) {
    try {
      return JSON.parse(localStorage.getItem(`thidua.${name}`));
    } catch {
      return memory.get(name) ?? null;
    }
  },
  set(name, value) {
    memory.set(name, value);
    try {
      if (value === null) localStorage.removeItem(`thidua.${name}`);
      else localStorage.setItem(`thidua.${name}`, JSON.stringify(value));
    } catch {
      // full or forbidden: what is open stays open
    }
  },
};
