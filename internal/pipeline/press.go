package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// A Press is what maps are drawn with. It may be used by many at a time.
type Press struct {
	fontName string // "" for the usual places

	mu   sync.Mutex
	font *drawing.Font
}

// NewPress returns a press of the font of that name, of the first in the usual
// places where it is empty.
func NewPress(fontName string) *Press { return &Press{fontName: fontName} }

// Font opens the font once there is one; until then each caller looks again.
// drawing.ErrNoFont.
func (p *Press) Font() (*drawing.Font, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.font != nil {
		return p.font, nil
	}
	font, err := drawing.FindFont(p.fontName, drawing.Places)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", drawing.ErrNoFont, err)
	}
	p.font = font
	return font, nil
}

// DossierDPI is enough for a picture as wide as the text of a page.
const DossierDPI = 200

// draw draws the map of a mine.
func (p *Pipeline) draw(ctx context.Context, press *Press, m *report.Mine, o mapsheet.Options, c OrthophotoChoice) (*drawing.Drawing, error) {
	font, err := press.Font()
	if err != nil {
		return nil, err
	}
	sheet, err := p.MapSheet(ctx, m, o)
	if err != nil {
		return nil, err
	}
	if err := p.LayOrthophoto(ctx, sheet, m, c); err != nil {
		return nil, err
	}
	return sheet.Draw(font)
}

func png(d *drawing.Drawing, dpi int) ([]byte, error) {
	var b bytes.Buffer
	err := d.WritePNG(&b, dpi)
	return b.Bytes(), err
}
