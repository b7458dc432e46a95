import proj4 from "proj4";

// CGCS2000 has the ellipsoid of GRS 80 to every digit that matters here, and its
// longitude and latitude are those of WGS 84 (docs/areas.md).
const ellipsoid = { a: 6378137, f: 1 / 298.257222101 };

// zoneOf is the 3° zone that a longitude lies in.
export const zoneOf = (lon: number) => Math.floor((lon + 1.5) / 3);

// inZone is a place in its 3° zone, metres, the easting with the zone's prefix.
export function inZone(lon: number, lat: number): { zone: number; epsg: number; east: number; north: number } {
  const zone = zoneOf(lon);
  const plane = `+proj=tmerc +lat_0=0 +lon_0=${3 * zone} +k=1 +x_0=${zone}500000 +y_0=0 +ellps=GRS80 +units=m +no_defs`;
  const [east, north] = proj4("+proj=longlat +ellps=GRS80 +no_defs", plane, [lon, lat]) as [number, number];
  return { zone, epsg: 4488 + zone, east, north };
}

// toDegrees is a place given in a system that the page offers, in longitude and latitude.
export function toDegrees(crs: string, at: number[]): [number, number] {
  const epsg = Number(crs.replace("EPSG:", ""));
  if (epsg === 4490) return [at[0] ?? NaN, at[1] ?? NaN];
  const zone = epsg - 4488;
  const plane = `+proj=tmerc +lat_0=0 +lon_0=${3 * zone} +k=1 +x_0=${zone}500000 +y_0=0 +ellps=GRS80 +units=m +no_defs`;
  return proj4(plane, "+proj=longlat +ellps=GRS80 +no_defs", [at[0] ?? NaN, at[1] ?? NaN]) as [number, number];
}

// geodesicM is how far two places are apart on the ellipsoid: Vincenty's inverse
// formula, which converges for whatever lies in one country.
export function geodesicM([lon1, lat1]: [number, number], [lon2, lat2]: [number, number]): number {
  const rad = Math.PI / 180;
  const { a, f } = ellipsoid;
  const b = a * (1 - f);
  const L = (lon2 - lon1) * rad;
  const U1 = Math.atan((1 - f) * Math.tan(lat1 * rad));
  const U2 = Math.atan((1 - f) * Math.tan(lat2 * rad));
  const [s1, c1, s2, c2] = [Math.sin(U1), Math.cos(U1), Math.sin(U2), Math.cos(U2)];
  let lambda = L;
  for (let turn = 0; turn < 100; turn++) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinSigma === 0) return 0;
    const cosSigma = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (c1 * c2 * sl) / sinSigma;
    const cos2Alpha = 1 - sinAlpha ** 2;
    const cos2M = cos2Alpha === 0 ? 0 : cosSigma - (2 * s1 * s2) / cos2Alpha;
    const C = (f / 16) * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = L + (1 - C) * f * sinAlpha * (sigma + C * sinSigma * (cos2M + C * cosSigma * (2 * cos2M ** 2 - 1)));
    if (Math.abs(lambda - before) > 1e-12) continue;
    const u2 = (cos2Alpha * (a ** 2 - b ** 2)) / b ** 2;
    const A = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
    const B = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
    const inner = cosSigma * (2 * cos2M ** 2 - 1) - (B / 6) * cos2M * (4 * sinSigma ** 2 - 3) * (4 * cos2M ** 2 - 3);
    return b * A * (sigma - B * sinSigma * (cos2M + (B / 4) * inner));
  }
  return NaN;
}
