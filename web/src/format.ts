const two = new Intl.NumberFormat("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("zh-CN");

export const mu = (v: number | null | undefined) => (v == null ? "—" : two.format(v));
export const m2 = mu;
export const count = (v: number) => whole.format(v);
export const percent = (v: number) => `${(v * 100).toFixed(1)}%`;
export const day = (v: string | null | undefined) => v || "—";

// time is a moment as the clock here shows it.
export function time(v: string | null | undefined): string {
  if (!v) return "—";
  const t = new Date(v);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${t.getFullYear()}-${pad(t.getMonth() + 1)}-${pad(t.getDate())} ${pad(t.getHours())}:${pad(t.getMinutes())}`;
}

export function today(): string {
  return time(new Date().toISOString()).slice(0, 10);
}

export function bytes(v: number): string {
  if (v < 1024) return `${v} 字节`;
  return v < 1 << 20 ? `${(v / 1024).toFixed(1)} KB` : `${(v / (1 << 20)).toFixed(1)} MB`;
}

// dms is a degree in degrees, minutes and seconds, hundredths of a second being 0.3 m.
export function dms(v: number): string {
  const hundredths = Math.round(Math.abs(v) * 360_000);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${v < 0 ? "-" : ""}${Math.floor(hundredths / 360_000)}°${pad(Math.floor(hundredths / 6000) % 60)}′${((hundredths % 6000) / 100).toFixed(2).padStart(5, "0")}″`;
}
