// Everything that changes something goes through here: with the token, bounded in time.
const PATIENCE = 20_000;
const token = document.querySelector("meta[name=csrf]").content;

// The answer, or null if none came.
export async function post(path, data) {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify(data),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return null;
  }
}
