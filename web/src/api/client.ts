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

// signedOut is told when the service no longer knows who asks.
export const signedOut = new EventTarget();

async function send(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, credentials: "same-origin" });
  } catch (err) {
    if (err instanceof DOMException && err.name === "AbortError") throw err;
    throw new Refusal(offline);
  }
  if (answer.ok || answer.status === 304) return answer;
  const problem = await refusalOf(answer);
  if (problem.status === 401 && !path.startsWith("/v1/session")) signedOut.dispatchEvent(new Event("signed-out"));
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

export async function put<T>(path: string, body: unknown): Promise<T> {
  return change<T>("PUT", path, body, {});
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

// send a form with a file, telling how much of it has gone.
export function upload<T>(path: string, form: FormData, sent: (part: number) => void, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.upload.onprogress = (e) => e.lengthComputable && sent(e.loaded / e.total);
    request.onerror = () => reject(new Refusal(offline));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve(request.response as T);
      if (request.status === 401) signedOut.dispatchEvent(new Event("signed-out"));
      return reject(new Refusal((request.response as Problem | null)?.code ? (request.response as Problem) : { ...offline, status: request.status }));
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

// follow calls told with each state of a run or job until it is over.
export function follow<T>(path: string, told: (state: T) => void): { over: Promise<void>; stop: () => void } {
  const source = new EventSource(`${path}/events`);
  const over = new Promise<void>((resolve, reject) => {
    const hear = (e: MessageEvent<string>) => told(JSON.parse(e.data) as T);
    source.addEventListener("progress", hear as EventListener);
    source.addEventListener("end", (e) => {
      hear(e as MessageEvent<string>);
      source.close();
      resolve();
    });
    // The browser asks again by itself unless the service refuses.
    source.onerror = () => source.readyState === EventSource.CLOSED && reject(new Refusal(offline));
  });
  return { over, stop: () => source.close() };
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
