// One file on its way to the server. A request of its own kind, for it alone tells how much has gone out.
const STALLED = 60_000; // nothing has moved for so long: this attempt is over
const token = document.querySelector("meta[name=csrf]").content;

// Halves of a pair cannot be written in an address, and nobody reads more than so much of a name.
const whole = (name) => [...name.replace(/\p{Surrogate}/gu, "")].slice(-255).join("");

// Sends `file` under an id; `progress(part)` hears how much of it has gone, 0 to 1. Gives `done`, the status of the
// answer (0: none came), and `abort()`.
export function upload(id, file, progress) {
  const request = new XMLHttpRequest();
  let timer = 0;

  function alive() {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), STALLED);
  }

  const done = new Promise((ended) => {
    request.onloadend = () => {
      clearTimeout(timer);
      ended(request.status);
    };
  });
  request.upload.onprogress = ({ loaded, total }) => {
    alive();
    progress(total ? loaded / total : 1);
  };
  request.open("POST", `/chat/upload?id=${id}&name=${encodeURIComponent(whole(file.name))}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("X-CSRF-Token", token);
  alive();
  request.send(file);
  return { done, abort: () => request.abort() };
}
