package sample

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
)

// The picture: a map of the county above, below it one card for each site with
// its licences, approvals, patches and zones, so that a person sees the cases.
const (
	mapWidth     = 1500.0
	margin       = 20.0
	mapTop       = 60.0
	cardWidth    = 292.0
	cardDrawing  = 260.0
	cardText     = 72.0
	cardsPerRow  = 5
	degreeAspect = 1.3085 // cos of the mean latitude, inverted: a degree of latitude by one of longitude
)

// A view places ground on the picture.
type view struct{ west, north, x, y, perDegree float64 }

func (v view) at(p point) (x, y float64) {
	return v.x + (float64(p.lon)/1e6-v.west)*v.perDegree, v.y + (v.north-float64(p.lat)/1e6)*v.perDegree*degreeAspect
}

// A style is how a kind of ground is drawn.
type style struct{ label, css, attributes string }

var styles = []style{
	{"林地 forest", "forest", "fill:#b7dfb0"},
	{"草原 grassland", "grass", "fill:#e9efb5"},
	{"水源地 water source", "water", "fill:#a9d3f2;fill-opacity:.7;stroke:#2e86c1;stroke-width:.6"},
	{"保护区 protected area", "protected", "fill:#d9b8e8;fill-opacity:.6;stroke:#8e44ad;stroke-width:.6"},
	{"采矿权 licence", "licence", "fill:none;stroke:#c0392b;stroke-width:1.6"},
	{"批准用地 approval", "approval", "fill:#f7dc6f;fill-opacity:.55;stroke:#b7950b;stroke-width:.9"},
	{"林草许可、排土场批准 other permits", "permit", "fill:none;stroke:#1e8449;stroke-width:1;stroke-dasharray:3 2"},
	{"图斑 2021-06-30", "before", "fill:none;stroke:#34495e;stroke-width:1;stroke-dasharray:2 2"},
	{"图斑 2022-05-10", "now", "fill:#5d6d7e;fill-opacity:.55;stroke:#212f3d;stroke-width:.7"},
	{"建设 construction", "built", "fill:#e67e22;fill-opacity:.8;stroke:#873600;stroke-width:.7"},
}

func (c *County) picture() (File, error) {
	rows := (len(c.sites) + cardsPerRow - 1) / cardsPerRow
	mapHeight := mapWidth * (countyNorth - countySouth) / (countyEast - countyWest) * degreeAspect
	cardsTop := mapTop + mapHeight + 70
	height := cardsTop + float64(rows)*(cardDrawing+cardText+12) + margin
	p := &picture{county: c}
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="'Noto Sans SC','WenQuanYi Micro Hei','Microsoft YaHei',sans-serif">`+"\n",
		mapWidth+2*margin, height)
	p.printf("<style>text{fill:#222;font-size:11px}")
	for _, s := range styles {
		p.printf(".%s{%s}", s.css, s.attributes)
	}
	p.printf("</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n")
	p.printf(`<text x="%.0f" y="34" style="font-size:22px;font-weight:bold">示例旗套合样例 · taohe sample county</text>`+"\n", margin)
	p.overview(view{countyWest / 1e6, countyNorth / 1e6, margin, mapTop, mapWidth / ((countyEast - countyWest) / 1e6)}, mapHeight)
	p.legend(mapTop + mapHeight + 30)
	for i, s := range c.sites {
		p.card(i, s, margin+float64(i%cardsPerRow)*(cardWidth+10), cardsTop+float64(i/cardsPerRow)*(cardDrawing+cardText+12))
	}
	p.printf("</svg>\n")
	return File{"map.svg", p.out.Bytes()}, p.err
}

// A picture is an SVG in the making.
type picture struct {
	county *County
	out    bytes.Buffer
	err    error
}

func (p *picture) printf(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

// overview draws the county with its townships, the border of the zones and
// the edge of the second image.
func (p *picture) overview(v view, height float64) {
	for _, t := range p.county.Townships {
		p.printf(`<path d="%s" fill="#fbfaf5" stroke="#999" stroke-dasharray="6 3"/>`+"\n", p.path(v, t.Ground))
	}
	p.layers(v, box(countyWest, countySouth, countyEast, countyNorth))
	for _, t := range p.county.Townships {
		b := slices.MaxFunc(t.Ground.rects, func(a, b rect) int { return cmp.Compare(a.areaM2(), b.areaM2()) })
		x, y := v.at(point{b.west, b.north})
		p.printf(`<text x="%.1f" y="%.1f" style="font-size:13px;fill:#777">%s %s</text>`+"\n", x+8, y+16, t.Name, t.Code)
	}
	for _, line := range []struct {
		lon         int64
		label, dash string
	}{{109_500000, "109°30′ 36 | 37 带", "none"}, {secondImageEast, "110°36′ 第二次影像到此", "8 4"}} {
		x, y := v.at(point{line.lon, countyNorth})
		p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#2471a3" stroke-dasharray="%s"/>`, x, y, x, y+height, line.dash)
		p.printf(`<text x="%.1f" y="%.1f" style="fill:#2471a3" text-anchor="end">%s</text>`+"\n", x-3, y+height-5, line.label)
	}
	for i, s := range p.county.sites {
		x, y := v.at(point{s.origin.lon, s.origin.lat + 34_000})
		p.printf(`<text x="%.1f" y="%.1f" style="font-weight:bold">%d</text>`+"\n", x, y, i+1)
	}
}

func (p *picture) legend(y float64) {
	for i, s := range styles {
		x := margin + float64(i%5)*300
		line := y + float64(i/5)*18
		p.printf(`<rect x="%.0f" y="%.0f" width="22" height="12" class="%s"/><text x="%.0f" y="%.0f">%s</text>`+"\n", x, line-10, s.css, x+28, line, s.label)
	}
}

// card draws one site, its extent fitted to what its mines and patches need.
func (p *picture) card(i int, s *site, x, y float64) {
	ground := p.county.around(s)
	b := ground.bounds()
	const edge = 1_200
	b = rect{b.west - edge, b.south - edge, b.east + edge, b.north + edge}
	wide, high := float64(b.east-b.west)/1e6, float64(b.north-b.south)/1e6*degreeAspect
	scale := math.Min((cardWidth-16)/wide, (cardDrawing-16)/high)
	p.printf(`<g><clipPath id="c%d"><rect x="%.1f" y="%.1f" width="%.0f" height="%.0f"/></clipPath>`, i, x, y, cardWidth, cardDrawing)
	p.printf(`<rect x="%.1f" y="%.1f" width="%.0f" height="%.0f" fill="#fbfaf5" stroke="#bbb"/><g clip-path="url(#c%d)">`+"\n", x, y, cardWidth, cardDrawing, i)
	v := view{float64(b.west) / 1e6, float64(b.north) / 1e6, x + (cardWidth-wide*scale)/2, y + (cardDrawing-high*scale)/2, scale}
	// The frame is wider than high or higher than wide; what lies beside the
	// fitted ground is drawn too.
	const around = 40_000
	p.layers(v, box(b.west-around, b.south-around, b.east+around, b.north+around))
	if b.west < secondImageEast && b.east > secondImageEast {
		ex, _ := v.at(point{secondImageEast, b.north})
		p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#2471a3" stroke-dasharray="8 4"/>`, ex, y, ex, y+cardDrawing)
	}
	p.printf("</g></g>\n")
	p.printf(`<text x="%.1f" y="%.1f" style="font-weight:bold">%d %s</text>`+"\n", x, y+cardDrawing+14, i+1, html.EscapeString(s.title()))
	for j, line := range wrapped(s.caption(), 50, 4) {
		p.printf(`<text x="%.1f" y="%.1f">%s</text>`+"\n", x, y+cardDrawing+28+float64(j)*13, html.EscapeString(line))
	}
}

// layers draws everything that lies in the frame.
func (p *picture) layers(v view, frame Region) {
	draw := func(css string, r Region) {
		if !r.In(frame).Empty() {
			p.printf(`<path class="%s" d="%s" fill-rule="evenodd"/>`+"\n", css, p.path(v, r))
		}
	}
	c := p.county
	for _, l := range []struct {
		css   string
		zones []Zone
	}{{"forest", c.Forest}, {"grass", c.Grassland}, {"water", c.Water}, {"protected", c.Protected}} {
		for _, z := range l.zones {
			draw(l.css, z.Ground)
		}
	}
	for _, a := range c.Approvals {
		css := "approval"
		if a.Kind != temporaryLand && a.Kind != constructionLand {
			css = "permit"
		}
		draw(css, a.Ground)
	}
	for _, t := range c.Patches {
		css := "now"
		switch {
		case t.ImagedOn == firstImage:
			css = "before"
		case t.Kind == construction:
			css = "built"
		}
		draw(css, t.Ground)
	}
	for _, m := range c.Mines {
		draw("licence", m.Plane())
	}
}

func (p *picture) path(v view, r Region) string {
	polygons, err := r.polygons()
	if err != nil && p.err == nil {
		p.err = err
	}
	var b bytes.Buffer
	for _, rings := range polygons {
		for _, ring := range rings {
			for i, at := range ring[:len(ring)-1] {
				x, y := v.at(at)
				fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
			}
			b.WriteByte('Z')
		}
	}
	return b.String()
}
