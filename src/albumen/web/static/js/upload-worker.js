// The SHA-256 of files, away from the page: {script} says once where the hash is, {file} is answered with {sha256}.

const PIECE_BYTES = 4 << 20;
let script = "";
let hasher = null;

async function digest(file) {
  if (!hasher) {
    importScripts(script);
    hasher = await self.hashwasm.createSHA256();
  }
  hasher.init();
  for (let at = 0; at < file.size; at += PIECE_BYTES)
    hasher.update(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
  return hasher.digest("hex");
}

self.onmessage = async ({ data }) => {
  if (data.script) {
    script = data.script;
    return;
  }
  try {
    self.postMessage({ sha256: await digest(data.file) });
  } catch (error) {
    self.postMessage({ sha256: "", isGone: error?.name === "NotReadableError" || error?.name === "NotFoundError" });
  }
};
