// What became of decisions: kept in this browser before it is sent, and until it was taken.
// Nothing of a customer is in it. Two tabs may send the same entry: it has one key, counts once.

import { Refused, Unreachable, call } from "./api.js";

/** Milliseconds in which an entry can be taken back: it is not sent before. */
export const TAKE_BACK = 4000;
const LONGEST_WAIT = 60_000;
const FOR_NOW = new Set([408, 429]);

let store = null,
  wait = 1000,
  timer = null,
  busy = false,
  sending = null,
  told = () => {};

/** Begins to send what is there; `changed({unsent, refused, signIn})` is told of each change. */
export async function begin(changed) {
  told = changed;
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  await tell();
  await flush();
}

/** Keeps an outcome; returns its entry. */
export async function keep(outcome) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const now = new Date();
  const entry = {
    key,
    due: now.getTime() + TAKE_BACK,
    outcome: { ...outcome, occurred_at: now.toISOString() },
  };
  await inStore("readwrite", (entries) => entries.put(entry));
  await tell();
  plan(TAKE_BACK);
  return entry;
}

/** Takes an entry out, unless it was sent: then false. */
export async function takeBack(key) {
  if (sending === key || !(await inStore("readonly", (entries) => entries.getKey(key))))
    return false;
  await inStore("readwrite", (entries) => entries.delete(key));
  await tell();
  return true;
}

/** Sends all that is due, the oldest first. */
export async function flush() {
  if (busy) return;
  busy = true;
  try {
    if (navigator.locks) await navigator.locks.request("outcomes", send);
    else await send();
  } finally {
    busy = false;
  }
}

async function send() {
  for (const entry of await waiting()) {
    if (entry.due > Date.now()) {
      plan(entry.due - Date.now());
      continue;
    }
    sending = entry.key;
    try {
      await call("outcomes", {
        body: entry.outcome,
        headers: { "Idempotency-Key": entry.key },
        keepalive: true,
      });
      await inStore("readwrite", (entries) => entries.delete(entry.key));
      wait = 1000;
    } catch (error) {
      if (passes(error)) return later(error);
      await inStore("readwrite", (entries) => entries.put({ ...entry, fault: error.message }));
    } finally {
      sending = null;
    }
    await tell();
  }
}

const passes = (error) =>
  error instanceof Unreachable ||
  (error instanceof Refused && (error.status >= 500 || FOR_NOW.has(error.status)));

async function later(error) {
  plan(Math.max((error.wait || 0) * 1000, wait * (0.75 + Math.random() / 2)));
  wait = Math.min(wait * 2, LONGEST_WAIT);
  await tell(error instanceof Unreachable);
}

function plan(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(flush, milliseconds);
}

async function waiting() {
  const entries = await inStore("readonly", (all) => all.getAll());
  const open = entries.filter(({ fault }) => fault === undefined);
  return open.sort((one, other) => one.due - other.due);
}

async function tell(signIn = false) {
  const entries = await inStore("readonly", (all) => all.getAll());
  const refused = entries.filter(({ fault }) => fault !== undefined);
  told({ unsent: entries.length - refused.length, refused, signIn });
}

/** Forgets the entries that the function refused. */
export async function forget(refused) {
  for (const { key } of refused) await inStore("readwrite", (entries) => entries.delete(key));
  await tell();
}

/** The result of one request, once its transaction is through. */
async function inStore(mode, ask) {
  store ??= opened();
  const transaction = (await store).transaction("outcomes", mode, { durability: "strict" });
  const request = ask(transaction.objectStore("outcomes"));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  return request.result;
}

function opened() {
  const request = indexedDB.open("churn", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("outcomes", { keyPath: "key" });
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
