import MVT from "ol/format/MVT";
import VectorTileLayer from "ol/layer/VectorTile";
import VectorTileSource from "ol/source/VectorTile";
import { createXYZ } from "ol/tilegrid";
import type { StyleLike } from "ol/style/Style";
import { get } from "../api/client";

export interface Collection {
  id: string;
  title: string;
  extent?: { spatial: { bbox: number[][] } };
  // Versions or runs that it is made of, as a person reads them.
  sources?: string[];
}

interface TileSet {
  tileMatrixSetLimits: { tileMatrix: string; minTileRow: number; maxTileRow: number; minTileCol: number; maxTileCol: number }[];
}

export const collections = async () => (await get<{ collections: Collection[] }>("/ogc/collections?f=json")).collections;

// tileLayer draws a collection from its vector tiles, in the matrices that it has.
export async function tileLayer(id: string, style: StyleLike): Promise<VectorTileLayer> {
  const at = `/ogc/collections/${id}/tiles/WebMercatorQuad`;
  const limits = new Map((await get<TileSet>(`${at}?f=json`)).tileMatrixSetLimits.map((l) => [Number(l.tileMatrix), l]));
  const high = Math.max(...limits.keys());
  return new VectorTileLayer({
    source: new VectorTileSource({
      format: new MVT({ idProperty: "id" }),
      tileGrid: createXYZ({ minZoom: Math.min(...limits.keys()), maxZoom: Math.min(high, 16), tileSize: 512 }),
      // Of what lies outside nothing is asked for: it would be a 404.
      tileUrlFunction: ([z = -1, x = 0, y = 0]) => {
        const l = limits.get(z);
        return l && y >= l.minTileRow && y <= l.maxTileRow && x >= l.minTileCol && x <= l.maxTileCol ? `${at}/${z}/${y}/${x}` : undefined;
      },
    }),
    style,
    properties: { collection: id },
  });
}
