// Files on their way to the service: each is looked through, corrected, sent and read.
import { reactive } from "vue";
import { get, post, unreachable, upload, type Problem, type Schemas } from "./api/client";
import { problemOf } from "./load";
import { counties } from "./session";

export type State = "waiting" | "inspecting" | "ready" | "unfit" | "sending" | "reading" | "done" | "failed" | "cancelled";

export const states: Record<State, string> = {
  waiting: "等待查看", inspecting: "正在查看", ready: "可以填写上传", unfit: "不能采用", sending: "正在上传", reading: "正在读取", done: "已上传", failed: "没有完成", cancelled: "已取消",
};

const empty = () => ({
  county: counties.value[0]?.code ?? "", layer: "", vintage: "", source: "", mode: "replace", layer_name: "", crs: "", fix: "", encoding: "",
  footprint: "whole", dates: "", ground: "", allow_empty: false, imaged_on: "", name: "",
});

export interface Upload {
  key: number;
  file: File;
  // An image of the ground; it is of no layer.
  image: boolean;
  state: State;
  percent: number;
  problem: Problem | undefined;
  seen: Schemas["Inspection"] | undefined;
  dataset: Schemas["Dataset"] | undefined;
  orthophoto: Schemas["Orthophoto"] | undefined;
  form: ReturnType<typeof empty>;
  columns: Map<string, string>;
}

let keys = 0;
const giveUps = new Map<number, AbortController>();

// newUpload is a file that was chosen; what it has in common with others goes with them.
export function newUpload(file: File, like?: Upload): Upload {
  const u: Upload = reactive({
    key: ++keys, file, image: /\.tiff?$/i.test(file.name), state: "waiting", percent: 0, problem: undefined, seen: undefined, dataset: undefined, orthophoto: undefined,
    form: empty(), columns: new Map<string, string>(),
  });
  if (like) Object.assign(u.form, { county: like.form.county, vintage: like.form.vintage, imaged_on: like.form.imaged_on });
  if (u.image) u.state = "ready";
  return u;
}

export const layerOf = (u: Upload) => u.seen?.layers.find((l) => l.name === u.form.layer_name) ?? u.seen?.layers[0];

export const vegetation = (u: Upload) => u.form.layer === "forest" || u.form.layer === "grassland";

// complete reports whether all is there that sending takes.
export const complete = (u: Upload) =>
  ["ready", "unfit", "failed", "cancelled"].includes(u.state) &&
  (u.image ? !!(u.form.county && u.form.imaged_on) : !!(u.seen?.layers.length && u.form.county && u.form.layer && u.form.vintage && (!vegetation(u) || u.form.source)));

// One after the other: the service looks through two files at a time, for everybody.
let turn: Promise<unknown> = Promise.resolve();

// inspect looks through a file, which is kept nowhere; again after each correction.
export function inspect(u: Upload): Promise<void> {
  const mine = turn.then(() => inspectNow(u));
  turn = mine;
  return mine;
}

async function inspectNow(u: Upload) {
  if (u.image || u.state === "cancelled") return;
  u.state = "inspecting";
  u.problem = undefined;
  try {
    u.seen = await post<Schemas["Inspection"]>("/v1/inspections", body(u, ["layer", "county", "crs", "fix", "encoding", "layer_name"]));
    u.form.layer_name ||= u.seen.layers.length > 1 ? u.seen.layers[0]!.name : "";
    if (!u.form.layer) {
      u.form.layer = layerOf(u)?.layer ?? "";
      u.columns.clear();
    }
    for (const f of layerOf(u)?.fields ?? []) if (f.maps_to && !u.columns.has(f.maps_to)) u.columns.set(f.maps_to, f.name);
    if (u.state === "inspecting") u.state = layerOf(u)?.refused === false ? "ready" : "unfit";
  } catch (err) {
    u.seen = undefined;
    u.problem = problemOf(err);
    if (u.state === "inspecting") u.state = "failed";
  }
}

function body(u: Upload, names: readonly (keyof Upload["form"])[]): FormData {
  const out = new FormData();
  for (const name of names) if (u.form[name]) out.append(name, String(u.form[name]));
  const own = new Map((layerOf(u)?.fields ?? []).filter((f) => f.maps_to).map((f) => [f.maps_to!, f.name]));
  for (const [field, column] of u.columns) if (column && own.get(field) !== column) out.append("map", `${field}=${column}`);
  if (names.includes("vintage") && u.form.layer === "disturbance") for (const text of footprints(u)) out.append("footprint", text);
  // The file goes last: what comes after it is not read before it is stored.
  out.append("file", u.file);
  return out;
}

function footprints(u: Upload): string[] {
  const ground = u.form.footprint === "whole" ? "whole-county" : u.form.ground.trim();
  const days = u.form.dates.split(/[\s,，、]+/).filter(Boolean);
  return days.length ? days.map((d) => `${d}=${ground}`) : [ground];
}

// send uploads a file, and waits until it is read.
export async function send(u: Upload): Promise<void> {
  const giveUp = new AbortController();
  giveUps.set(u.key, giveUp);
  u.state = "sending";
  u.percent = 0;
  u.problem = undefined;
  const sent = (part: number) => (u.percent = Math.round(part * 100));
  try {
    if (u.image) {
      u.orthophoto = await upload<Schemas["Orthophoto"]>("/v1/orthophotos", body(u, ["county", "imaged_on", "name"]), sent, giveUp.signal);
    } else {
      u.dataset = await upload<Schemas["Dataset"]>("/v1/datasets", body(u, ["layer", "county", "vintage", "source", "mode", "layer_name", "crs", "fix", "encoding", "allow_empty"]), sent, giveUp.signal);
      await read(u);
    }
    u.state = "done";
  } catch (err) {
    u.state = err instanceof DOMException && err.name === "AbortError" ? "cancelled" : "failed";
    if (u.state === "failed") u.problem = problemOf(err);
  }
}

// read asks how far the reading is until it is over: no events are told of it.
async function read(u: Upload) {
  u.state = "reading";
  while (u.dataset!.status === "loading") {
    await new Promise((r) => setTimeout(r, 400));
    try {
      u.dataset = await get<Schemas["Dataset"]>(`/v1/datasets/${u.dataset!.id}`);
    } catch (err) {
      // A service that is gone reads on when it is back.
      if (!unreachable(problemOf(err))) throw err;
    }
  }
}

// cancel gives up what is under way; nothing of it is kept.
export async function cancel(u: Upload): Promise<void> {
  if (u.state === "reading") {
    await post(`/v1/datasets/${u.dataset!.id}/cancel`, undefined);
    return;
  }
  if (u.state === "sending") giveUps.get(u.key)?.abort();
  else u.state = "cancelled";
}

// again does what was not done.
export function again(u: Upload): Promise<void> {
  if (!u.image && !u.seen) {
    u.state = "waiting";
    return inspect(u);
  }
  return send(u);
}
