import { found } from "../reach";
import type { components } from "./schema";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

// A Refusal is what the service, or the way to it, answered in place of what was asked for.
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

const offline: Problem = {
  type: "about:blank",
  title: "No answer",
  status: 0,
  code: "unreachable" as Problem["code"],
  detail: "连接不上服务。已提交的上传和套合不会丢失；请确认服务正在运行、网络通畅，然后重试。",
  errors: [],
  request_id: "",
};

// unreachable says of a refusal that it is the service that did not answer.
export const unreachable = (problem: Problem) => problem.code === offline.code || problem.status === 503;

// askIn has somebody sign in, and says whether anybody did; the application sets it.
let askIn: () => Promise<boolean> = () => Promise.resolve(false);
export const whoIsAsked = (ask: () => Promise<boolean>) => (askIn = ask);

let asking: Promise<boolean> | undefined;
let signIns = 0;

// signedIn is asked by each request that was answered 401: one sign-in is for all that
// wait, and for those that were on their way meanwhile.
async function signedIn(before: number): Promise<boolean> {
  if (signIns > before) return true;
  asking ??= askIn().finally(() => (asking = undefined));
  const yes = await asking;
  if (yes) signIns++;
  return yes;
}

// send asks, and where a session has ended asks again once somebody signed in: what was
// being done goes on.
async function send(path: string, init: RequestInit): Promise<Response> {
  const before = signIns;
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, credentials: "same-origin" });
  } catch (err) {
    if (err instanceof DOMException && err.name === "AbortError") throw err;
    void found();
    throw new Refusal(offline);
  }
  if (answer.ok || answer.status === 304) return answer;
  const problem = await refusalOf(answer);
  if (problem.code === "unauthenticated" && (await signedIn(before))) return send(path, init);
  throw new Refusal(problem);
}

async function refusalOf(answer: Response): Promise<Problem> {
  if (answer.headers.get("Content-Type")?.startsWith("application/problem+json")) return (await answer.json()) as Problem;
  return { ...offline, status: answer.status, detail: `服务没有给出可读的答复（状态 ${answer.status}）。请稍后重试；反复出现时请联系管理员。` };
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await send(path, { headers: { Accept: "application/json" }, signal: signal ?? null })).json()) as T;
}

export async function getGeoJSON<T>(path: string): Promise<T> {
  return (await (await send(path, { headers: { Accept: "application/geo+json" } })).json()) as T;
}

export async function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  return change<T>("POST", path, body, headers);
}

export async function put<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  return change<T>("PUT", path, body, headers);
}

export async function remove<T>(path: string): Promise<T> {
  return (await (await send(path, { method: "DELETE" })).json()) as T;
}

async function change<T>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<T> {
  const raw = body instanceof Blob || body instanceof FormData;
  const init: RequestInit = { method, headers: raw ? headers : { "Content-Type": "application/json", ...headers } };
  if (body !== undefined) init.body = raw ? body : JSON.stringify(body);
  return (await (await send(path, init)).json()) as T;
}

// withVersion is a body with the version that a deed is done upon.
export async function withVersion<T>(path: string): Promise<{ body: T; version: string }> {
  const answer = await send(path, { headers: { Accept: "application/json" } });
  return { body: (await answer.json()) as T, version: answer.headers.get("ETag") ?? "" };
}

// newKey is an Idempotency-Key. crypto.randomUUID is not in old browsers.
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

type Page<T> = { items: T[]; next: string | null };

// most is how many lines of a list the application reads; a list that has more says so.
export const most = 20000;

// all reads a list page by page, up to most.
export async function all<T>(path: string): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  for (let next: string | null = path; next !== null; ) {
    const page: Page<T> = await get<Page<T>>(next);
    items.push(...page.items);
    next = page.next;
    if (items.length >= most) return { items, more: next !== null };
  }
  return { items, more: false };
}

// upload sends a form with a file, telling how much of it has gone. Broken off, it
// is sent again as soon as the service is back, which keeps nothing of half a file.
export async function upload<T extends { id: number; file_name?: string }>(path: string, form: FormData, sent: (part: number) => void, signal: AbortSignal): Promise<T> {
  const name = (form.get("file") as File).name;
  const newest = (await get<Page<T>>(`${path}?limit=1`)).items[0]?.id ?? 0;
  for (;;) {
    const before = signIns;
    try {
      return await sendForm<T>(path, form, sent, signal);
    } catch (err) {
      if (!(err instanceof Refusal)) throw err;
      if (err.problem.code === "unauthenticated" && (await signedIn(before))) continue;
      if (err.problem.code !== offline.code) throw err;
    }
    sent(0);
    await Promise.race([found(), new Promise((_, reject) => signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))))]);
    // The file may have come whole, and only the answer have been lost.
    const there = (await get<Page<T>>(`${path}?limit=20`)).items.find((d) => d.id > newest && d.file_name === name);
    if (there) return there;
  }
}

function sendForm<T>(path: string, form: FormData, sent: (part: number) => void, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.upload.onprogress = (e) => e.lengthComputable && sent(e.loaded / e.total);
    request.onerror = () => reject(new Refusal(offline));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve(request.response as T);
      return reject(new Refusal((request.response as Problem | null)?.code ? (request.response as Problem) : { ...offline, status: request.status }));
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

// follow calls told with each state of a run or job until it is over, through
// connections that break and sessions that end.
export function follow<T>(path: string, told: (state: T) => void): { over: Promise<void>; stop: () => void } {
  let source: EventSource;
  let stopped = false;
  const over = new Promise<void>((resolve, reject) => {
    const hear = (e: MessageEvent<string>) => told(JSON.parse(e.data) as T);
    const listen = () => {
      if (stopped) return;
      source = new EventSource(`${path}/events`);
      source.addEventListener("progress", hear as EventListener);
      source.addEventListener("end", (e) => {
        hear(e as MessageEvent<string>);
        source.close();
        resolve();
      });
      source.onerror = () => {
        // The browser asks again by itself unless it was refused; why, a request tells.
        if (source.readyState !== EventSource.CLOSED) return void found();
        get<T>(path).then(
          () => setTimeout(listen, 1000),
          (err: unknown) => (err instanceof Refusal && unreachable(err.problem) ? void found().then(listen) : reject(err as Error)),
        );
      };
    };
    listen();
  });
  return {
    over,
    stop: () => {
      stopped = true;
      source.close();
    },
  };
}

// download saves a file under the name that the service gives it; a refusal is thrown and not saved.
export async function download(path: string): Promise<void> {
  const answer = await send(path, {});
  const given = /filename\*=UTF-8''([^;]+)/i.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = given ? decodeURIComponent(given) : (path.split("?")[0]?.split("/").pop() ?? "file");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
