import TileLayer from "ol/layer/Tile";
import type Layer from "ol/layer/Layer";
import TileImage from "ol/source/TileImage";
import XYZ from "ol/source/XYZ";
import TileGrid from "ol/tilegrid/TileGrid";
import VectorTileLayer from "ol/layer/VectorTile";
import type RenderEvent from "ol/render/Event";
import { getRenderPixel } from "ol/render";
import { all, get, type Schemas } from "../api/client";
import { layers } from "./styles";
import { tileLayer } from "./tiles";

export type Image = Schemas["Orthophoto"];

// images are those that are kept, the newest day first.
export async function images(): Promise<Image[]> {
  const { items } = await all<Image>("/v1/orthophotos?limit=1000");
  return items.sort((a, b) => b.imaged_on.localeCompare(a.imaged_on) || b.id - a.id);
}

// imageLayer draws the tiles of an image where they lie; nothing is warped here.
export function imageLayer(o: Image): TileLayer | undefined {
  const d = o.display;
  const finest = d?.levels[0];
  if (!d || !finest) return undefined;
  const levels = [...d.levels].reverse();
  const side = d.tile_pixels;
  const extent = [d.west_m, d.north_m - finest.height * finest.pixel_m, d.west_m + finest.width * finest.pixel_m, d.north_m];
  return new TileLayer({
    extent,
    source: new TileImage({
      projection: "EPSG:3857",
      tileGrid: new TileGrid({ origin: [d.west_m, d.north_m], resolutions: levels.map((l) => l.pixel_m), tileSize: side }),
      tileUrlFunction: ([z = -1, x = -1, y = -1]) => {
        const l = levels[z];
        if (!l || x < 0 || y < 0 || x * side >= l.width || y * side >= l.height) return undefined;
        return `/v1/orthophotos/${o.id}/tiles/${levels.length - 1 - z}/${y}/${x}`;
      },
    }),
  });
}

export const baseMap = () => get<Schemas["BaseMap"]>("/v1/base_map");

export const baseLayers = (m: Schemas["BaseMap"]): TileLayer[] => m.urls.map((url) => new TileLayer({ source: new XYZ({ url, maxZoom: 18 }), zIndex: -100 }));

// A Sight is what was to be seen on a day: an image, or the patches drawn from one.
export interface Sight {
  key: string;
  title: string;
  day: string;
  // Of an image, degrees: west, south, east, north.
  extent?: number[];
  layer: () => Promise<Layer | undefined>;
}

// sights are all that may be compared, the oldest first.
export async function sights(): Promise<Sight[]> {
  const [kept, datasets] = await Promise.all([images(), get<Schemas["PageDatasetLine"]>("/v1/datasets?layer=disturbance&limit=100")]);
  const out = kept.filter((o) => o.display).map((o): Sight => ({ key: `i${o.id}`, title: `${o.imaged_on} 影像 ${o.name}`, day: o.imaged_on, extent: o.extent, layer: async () => imageLayer(o) }));
  const days = new Set<string>();
  // A later version holds the days of those before it, or replaces them.
  const newest = new Map(datasets.items.filter((d) => d.status === "accepted").reverse().map((d) => [d.county_code, d.id]));
  for (const d of await Promise.all([...newest.values()].map((id) => get<Schemas["Dataset"]>(`/v1/datasets/${id}`)))) for (const f of d.footprints) if (f.imaged_on) days.add(f.imaged_on);
  for (const day of days) out.push({ key: `d${day}`, title: `${day} 影像图斑`, day, layer: () => patchesOf(day) });
  return out.sort((a, b) => a.day.localeCompare(b.day) || a.key.localeCompare(b.key));
}

async function patchesOf(day: string): Promise<VectorTileLayer> {
  const { style } = layers.find((l) => l.id === "disturbance")!;
  return tileLayer("disturbance", (f) => (f.get("imaged_on") === day ? style : undefined));
}

// clip has a layer drawn on one side of a line down the map, which lies at a share of its width.
export function clip(layer: Layer, side: "left" | "right", share: () => number): void {
  layer.on("prerender", (e: RenderEvent) => {
    const context = e.context as CanvasRenderingContext2D;
    const [width = 0, height = 0] = e.frameState?.size ?? [];
    const line = width * share();
    const [from, to] = side === "left" ? [0, line] : [line, width];
    context.save();
    context.beginPath();
    for (const corner of [[from, 0], [to, 0], [to, height], [from, height]]) {
      const [x = 0, y = 0] = getRenderPixel(e, corner);
      context.lineTo(x, y);
    }
    context.closePath();
    context.clip();
  });
  layer.on("postrender", (e: RenderEvent) => (e.context as CanvasRenderingContext2D).restore());
}
