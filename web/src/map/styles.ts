import { Circle, Fill, Stroke, Style } from "ol/style";
import type { StyleFunction } from "ol/style/Style";
import type { FeatureLike } from "ol/Feature";
import { classes, ruleColour } from "../words";

const area = (stroke: string, fill: string, width = 1.2, dash?: number[]) =>
  new Style({ stroke: new Stroke(dash ? { color: stroke, width, lineDash: dash } : { color: stroke, width }), fill: new Fill({ color: fill }) });

// Layers as the map shows them, the lowest first, with the colour of the legend.
export const layers: { id: string; title: string; colour: string; style: Style; shown: boolean }[] = [
  { id: "grassland", title: "草原", colour: "#c8dc9a", style: area("#a3bd63", "rgba(200,220,154,.55)", 0.6), shown: false },
  { id: "forest", title: "林地", colour: "#8fc28a", style: area("#5f9c5a", "rgba(143,194,138,.55)", 0.6), shown: false },
  { id: "protected_area", title: "保护区", colour: "#5c35b5", style: area("#5c35b5", "rgba(92,53,181,.10)", 1.6, [8, 4]), shown: true },
  { id: "water_source", title: "水源地", colour: "#0b6fc2", style: area("#0b6fc2", "rgba(11,111,194,.12)", 1.4, [6, 3]), shown: true },
  { id: "division", title: "行政区划", colour: "#7b8385", style: area("#7b8385", "rgba(0,0,0,0)", 1, [10, 4, 2, 4]), shown: true },
  { id: "disturbance", title: "影像图斑", colour: "#b59a78", style: area("#8a6f4d", "rgba(181,154,120,.45)", 0.8), shown: true },
  { id: "land_approval", title: "批准用地", colour: "#2b7fa8", style: area("#2b7fa8", "rgba(43,127,168,.10)", 1.4, [4, 3]), shown: true },
  { id: "mining_right", title: "采矿权", colour: "#111111", style: area("#111111", "rgba(0,0,0,0.02)", 1.8), shown: true },
];

const kept = new Map<string, Style>();
function coloured(colour: string, key = ""): Style {
  const name = colour + key;
  let style = kept.get(name);
  if (!style) kept.set(name, (style = key ? area("#000", colour + "cc", 3) : area(colour, colour + "8c", 1.4)));
  return style;
}

// findingStyle colours by rule; hidden rules are not drawn.
export function findingStyle(hidden: () => ReadonlySet<string>): StyleFunction {
  return (f: FeatureLike) => {
    const rule = String(f.get("rule"));
    return hidden().has(rule) ? undefined : coloured(ruleColour(rule));
  };
}

const classColour = new Map<string, string>(classes.map(([code, , colour]) => [code, colour]));
const licence = area("#111111", "rgba(0,0,0,0)", 2.2);
const approval = area("#2b7fa8", "rgba(43,127,168,.08)", 1.6, [6, 4]);

// reportStyle draws a mine's report: its licence, approvals, ground by class, and
// the finding that is chosen above them all.
export function reportStyle(chosen: () => string): StyleFunction {
  return (f: FeatureLike) => {
    switch (f.get("role")) {
      case "licence":
        return licence;
      case "approval":
        return approval;
      case "ground_part":
        return coloured(classColour.get(String(f.get("class"))) ?? "#888888");
      case "finding":
        return f.get("id") === chosen() ? coloured(ruleColour(String(f.get("rule"))), "chosen") : undefined;
      default:
        return area("#444c4e", "rgba(68,76,78,.2)", 1);
    }
  };
}

export const drawn = new Style({
  stroke: new Stroke({ color: "#0050c8", width: 2.5 }),
  fill: new Fill({ color: "rgba(0,80,200,.12)" }),
  image: new Circle({ radius: 5, fill: new Fill({ color: "#0050c8" }), stroke: new Stroke({ color: "#fff", width: 1.5 }) }),
});
export const faulty = new Style({
  image: new Circle({ radius: 7, fill: new Fill({ color: "rgba(179,38,30,.75)" }), stroke: new Stroke({ color: "#fff", width: 2 }) }),
  stroke: new Stroke({ color: "#b3261e", width: 2 }),
  fill: new Fill({ color: "rgba(179,38,30,.2)" }),
});
