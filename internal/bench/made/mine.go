package made

import (
	"fmt"
	"math"

	"github.com/taohe-gis/taohe"
)

// AsOf is the date a run of what is made is asked for.
var AsOf = taohe.NewDate(2022, 5, 31)

// The images: two of the whole county, and a newest one of its west.
var (
	imagedFirst  = taohe.NewDate(2020, 6, 20)
	imagedSecond = taohe.NewDate(2021, 9, 15)
	imagedNewest = taohe.NewDate(2022, 5, 10)
)

// newestShare is how much of the county the newest image shows, from the west.
const newestShare = 0.7

// A mine is what is drawn of one mine, row by row of three layers. Rows are the
// geometry and the layer's own columns.
type mine struct {
	random
	seed int
	// scale shrinks all of it where mines stand closer than five
	// kilometres.
	scale              float64
	place              place
	licenceNo          string
	enterprise         string
	newest, older      taohe.Date
	positionErrorM     any
	licenceRadiusM     float64
	licences, patches  [][]any
	approvals          [][]any
	patchNo, documents int
	err                error
}

// minesOf draws the mines of a county, spread over its sheet.
func minesOf(seed, county int, code string, s sheet, n int) ([]*mine, error) {
	wide, high := float64(s.columns)*cellM, float64(s.rows)*cellM
	across := max(1, int(math.Round(math.Sqrt(float64(n)*wide/high))))
	down := (n + across - 1) / across
	slotWide, slotHigh := wide/float64(across), high/float64(down)
	scale := math.Min(1, math.Min(slotWide, slotHigh)/5300)
	seen := float64(s.west) + newestShare*float64(s.columns)
	var out []*mine
	for i := range n {
		m := &mine{random: randomOf(seed, forMine, county, i), seed: seed + 1_000_003*county + 101*i, scale: scale}
		u := float64(s.west) + (float64(i%across)+m.between(0.42, 0.58))*float64(s.columns)/float64(across)
		v := float64(s.south) + (float64(i/across)+m.between(0.42, 0.58))*float64(s.rows)/float64(down)
		m.place.lon, m.place.lat = lonLat(u, v)
		m.licenceRadiusM = m.between(1500, 2600) * scale
		number := fmt.Sprintf("C%s%04d%02d%03d%07d", code, 2009+i%9, 1+i*5%12, 112, 120000+i*37)
		m.licenceNo, m.enterprise = number, fmt.Sprintf("示例%s第%d煤矿有限责任公司", code, i+1)
		if i > 0 && m.chance(0.2) {
			// A neighbour, whose ground comes near or over that of the one before,
			// half of the time of the same enterprise.
			before := out[i-1]
			m.place = before.place.towards(m.between(0, 2*math.Pi), 0.9*(before.licenceRadiusM+m.licenceRadiusM))
			if m.chance(0.5) {
				m.enterprise = before.enterprise
			}
		}
		m.newest, m.older = imagedNewest, imagedSecond
		if (m.place.lon-originLon)/cellLon > seen-5 {
			m.newest, m.older = imagedSecond, imagedFirst
		}
		if m.chance(0.3) {
			m.positionErrorM = one(&m.random, 2.0, 5.0)
		}
		m.draw()
		if m.err != nil {
			return nil, fmt.Errorf("mine %s: %w", m.licenceNo, m.err)
		}
		out = append(out, m)
	}
	return out, nil
}

func (m *mine) draw() {
	m.licence()
	main := m.blob(m.place.towards(m.between(0, 2*math.Pi), m.between(0, 0.25)*m.licenceRadiusM),
		m.between(630, 950), int(m.magnitude(400, 6500)))
	m.mainGround(main)
	m.otherGround(main)
	m.landApprovals(main)
}

func (m *mine) blob(at place, radiusM float64, vertices int) blob {
	m.seed++
	return blob{at, radiusM * m.scale, m.seed * 31, vertices}
}

func (m *mine) licence() {
	from, to := taohe.NewDate(2012+m.below(5), 1, 1), taohe.NewDate(2024+m.below(12), 12, 31)
	var renewal, top, bottom any
	if m.chance(0.08) {
		to = taohe.NewDate(2021, 6, 30)
		if m.chance(0.4) {
			renewal = taohe.NewDate(2021, 5, 20)
		}
	}
	if m.chance(0.6) {
		top, bottom = 1400.0, 1150.0
	}
	method := one(&m.random, "open_pit", "open_pit", "underground", "open_pit_and_underground")
	outline := m.blob(m.place, m.licenceRadiusM/m.scale, 0).corners(&m.random, 6+m.below(5))
	m.row(&m.licences, [][]float64{outline}, m.licenceNo, m.enterprise, m.enterprise, method, "煤", from, to, renewal, nil, top, bottom, "示例镇")
}

// mainGround is a pit and the dump beside it, with a smaller state of both on
// the older image.
func (m *mine) mainGround(main blob) {
	pit, dump := main.halves()
	islands := main.holes(2*m.below(3), 60)
	pitRings := append([][]float64{pit}, islands[:len(islands)/2]...)
	dumpRings := append([][]float64{dump}, islands[len(islands)/2:]...)
	m.patch("pit", m.newest, pitRings...)
	m.patch("waste_dump", m.newest, dumpRings...)
	older := main
	older.radiusM *= 0.8
	older.vertices = main.vertices/2 + 30
	m.patch("pit", m.older, older.outline())
}

func (m *mine) otherGround(main blob) {
	turn := m.between(0, 2*math.Pi)
	// An industrial site, at times over the rim of the pit.
	away := 1.75
	if m.chance(0.3) {
		away = 0.9
	}
	site := m.blob(main.towards(turn, away*main.radiusM), m.between(120, 220), 50+m.below(100))
	m.patch("construction", m.newest, site.outline())
	if m.chance(0.7) {
		m.approval("construction_land", site.corners(&m.random, 8), taohe.NewDate(2015+m.below(6), 3, 10), taohe.Date{}, nil)
	}
	if m.chance(0.6) {
		gangue := m.blob(main.towards(turn+2.1, 1.9*main.radiusM), m.between(180, 310), int(m.magnitude(80, 500)))
		m.patch("gangue_dump", m.newest, append([][]float64{gangue.outline()}, gangue.holes(m.below(3), 50)...)...)
	}
	if m.chance(0.7) {
		start := main.towards(turn+4.2, 1.3*main.radiusM)
		m.patch("road", m.newest, start.track(turn+4.2, m.between(900, 1600)*m.scale, 14, 60*m.scale, 26+m.below(20)))
	}
	if m.chance(0.45) {
		// Over the edge of the licence; now and then nobody says whose it is.
		over := m.blob(m.place.towards(turn+3.3, 0.98*m.licenceRadiusM), m.between(270, 520), int(m.magnitude(150, 2500)))
		named := m.licenceNo
		if m.chance(0.15) {
			m.licenceNo = ""
		}
		m.patch("pit", m.newest, append([][]float64{over.outline()}, over.holes(m.below(2), 60)...)...)
		m.licenceNo = named
	}
	if m.chance(0.3) {
		reclaimed := m.blob(main.towards(turn+5.2, 2.1*main.radiusM), m.between(180, 360), int(m.magnitude(60, 300)))
		m.restored("other", one(&m.random, taohe.NewDate(2022, 4, 20), taohe.Date{}), "", reclaimed.outline())
	}
	if m.chance(0.1) {
		old := m.blob(m.place.towards(turn+1.1, 0.85*m.licenceRadiusM), m.between(60, 140), 50+m.below(60))
		m.restored("abandoned_pit", one(&m.random, taohe.NewDate(2022, 3, 1), taohe.Date{}), one(&m.random, "owned", "ownerless"), old.outline())
	}
}

func (m *mine) landApprovals(main blob) {
	r := &m.random
	on := taohe.NewDate(2021, 3, 15)
	if m.chance(0.7) {
		m.approval("temporary_land", m.blob(main.place, main.radiusM/m.scale*m.between(0.7, 1.05), 0).corners(r, 14+m.below(20)), on, taohe.NewDate(2023, 3, 14), nil)
	}
	if m.chance(0.5) {
		at := main.towards(m.between(0, 2*math.Pi), 0.8*main.radiusM)
		m.approval("temporary_land", m.blob(at, main.radiusM/m.scale*0.45, 0).corners(r, 9+m.below(8)), taohe.NewDate(2018, 5, 8), taohe.NewDate(2020, 5, 7), nil)
	}
	if m.chance(0.6) {
		var most any
		if m.chance(0.5) {
			most = m.between(1330, 1380)
		}
		at := main.towards(main.direction(0)+1.5*math.Pi, 0.4*main.radiusM)
		m.approval("dump_site", m.blob(at, main.radiusM/m.scale*0.55, 0).corners(r, 10+m.below(10)), on, taohe.NewDate(2026, 3, 14), most)
	}
	for _, kind := range []string{"forest_use", "grassland_use"} {
		if m.chance(0.5) {
			at := main.towards(m.between(0, 2*math.Pi), 0.5*main.radiusM)
			m.approval(kind, m.blob(at, main.radiusM/m.scale*0.6, 0).corners(r, 12+m.below(12)), taohe.NewDate(2020, 2, 1), taohe.NewDate(2021+m.below(4), 2, 1), nil)
		}
	}
	if m.chance(0.2) {
		// Granted and hardly used.
		at := m.place.towards(m.between(0, 2*math.Pi), 0.9*m.licenceRadiusM)
		m.approval("temporary_land", m.blob(at, m.between(150, 350), 0).corners(r, 10), on, taohe.NewDate(2023, 3, 14), nil)
	}
}

func (m *mine) approval(kind string, outline []float64, on, to taohe.Date, maxElevationM any) {
	m.documents++
	licence, enterprise := any(m.licenceNo), any(m.enterprise)
	if m.chance(0.1) {
		licence = nil
	}
	var reclaimed, returned any
	if !to.IsZero() && to.Before(AsOf) && kind == "temporary_land" {
		if m.chance(0.4) {
			reclaimed = to.AddDate(0, 9, 0)
			if m.chance(0.4) {
				returned = to.AddDate(0, 11, 0)
			}
		}
	}
	m.row(&m.approvals, [][]float64{outline}, kind, fmt.Sprintf("示批〔%s〕%s-%d号", on.String()[:4], m.licenceNo[7:], m.documents),
		licence, enterprise, on, nil, dateOrNil(to), nil, nil, nil, reclaimed, returned, maxElevationM)
}

func (m *mine) patch(kind string, on taohe.Date, rings ...[]float64) {
	m.addPatch(kind, on, taohe.Date{}, "", rings...)
}

func (m *mine) restored(kind string, restoredOn taohe.Date, ownership string, rings ...[]float64) {
	m.addPatch(kind, m.newest, restoredOn, ownership, rings...)
}

func (m *mine) addPatch(kind string, on, restoredOn taohe.Date, ownership string, rings ...[]float64) {
	m.patchNo++
	var top, bottom any
	if m.chance(0.4) {
		top, bottom = m.between(1300, 1420), m.between(1100, 1200)
	}
	number := fmt.Sprintf("TB%s-%d", m.place.number(), m.patchNo)
	m.row(&m.patches, rings, number, on, kind, textOrNil(m.licenceNo), "高分一号", m.positionErrorM, top, bottom,
		textOrNil(ownership), dateOrNil(restoredOn), nil)
}

// number tells the patches of one place from those of another.
func (p place) number() string { return fmt.Sprintf("%.0f%.0f", p.lon*1e4, p.lat*1e4) }

// row adds a row to a layer: its ground, then the layer's own columns.
func (m *mine) row(to *[][]any, rings [][]float64, values ...any) {
	mp, err := dense(rings...)
	if err != nil {
		m.err = err
		return
	}
	*to = append(*to, append([]any{mp}, values...))
}

func dateOrNil(d taohe.Date) any {
	if d.IsZero() {
		return nil
	}
	return d
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
