package ingest

import (
	"encoding/json"
	"fmt"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe"
)

// plainUpload is Upload without its methods.
type plainUpload Upload

// sentUpload is an upload in a queue: ground is EWKB there, because a
// geom.MultiPolygon has no JSON of its own.
type sentUpload struct {
	plainUpload
	Footprints []sentFootprint
	Coverage   []byte
}

type sentFootprint struct {
	ImagedOn taohe.Date
	Ground   []byte
}

// MarshalJSON writes an upload, ground and all, so that another program can take
// it up. Its form is nobody's but UnmarshalJSON's.
func (u Upload) MarshalJSON() ([]byte, error) {
	sent := sentUpload{plainUpload: plainUpload(u), Footprints: make([]sentFootprint, len(u.Footprints))}
	var err error
	for i, f := range u.Footprints {
		sent.Footprints[i].ImagedOn = f.ImagedOn
		if sent.Footprints[i].Ground, err = groundBytes(f.Ground); err != nil {
			return nil, err
		}
	}
	if sent.Coverage, err = groundBytes(u.Coverage); err != nil {
		return nil, err
	}
	return json.Marshal(sent)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (u *Upload) UnmarshalJSON(b []byte) error {
	var sent sentUpload
	if err := json.Unmarshal(b, &sent); err != nil {
		return err
	}
	*u = Upload(sent.plainUpload)
	u.Footprints = nil
	for _, f := range sent.Footprints {
		ground, err := sentGround(f.Ground)
		if err != nil {
			return err
		}
		u.Footprints = append(u.Footprints, Footprint{ImagedOn: f.ImagedOn, Ground: ground})
	}
	var err error
	u.Coverage, err = sentGround(sent.Coverage)
	return err
}

func groundBytes(ground *geom.MultiPolygon) ([]byte, error) {
	if ground == nil {
		return nil, nil
	}
	return ewkb.Marshal(ground, ewkb.NDR)
}

func sentGround(b []byte) (*geom.MultiPolygon, error) {
	if len(b) == 0 {
		return nil, nil
	}
	shape, err := ewkb.Unmarshal(b)
	if err != nil {
		return nil, fmt.Errorf("ground: %w", err)
	}
	ground, ok := shape.(*geom.MultiPolygon)
	if !ok {
		return nil, fmt.Errorf("ground is a %T", shape)
	}
	return ground, nil
}
