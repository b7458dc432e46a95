package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
)

// upload is the form as the pipeline takes it; what cannot be read becomes a
// fault of the form.
func (f *form) upload() ingest.Upload {
	u := ingest.Upload{
		Layer: f.single["layer"], County: f.single["county"], Source: f.single["source"], CRS: f.single["crs"],
		Fix: f.single["fix"], Encoding: f.single["encoding"], LayerName: f.single["layer_name"], Mode: f.single["mode"],
		Set: f.pairs("set"), Map: f.pairs("map"),
	}
	f.missing()
	if text := f.single["vintage"]; text != "" {
		var err error
		if u.Vintage, err = taohe.ParseDate(text); err != nil {
			f.faults.add("vintage", "bad-date", "日期应写作 YYYY-MM-DD，例如 2022-05-31。")
		}
	}
	if text := f.single["allow_empty"]; text != "" {
		var err error
		if u.AllowEmpty, err = strconv.ParseBool(text); err != nil {
			f.faults.add("allow_empty", "bad-format", "只能是 true 或 false。")
		}
	}
	u.Shift = f.shift()
	f.ground(&u)
	if f.file == nil {
		f.faults.add("file", "missing", "缺少文件（file），请选择要上传的文件。")
	} else {
		u.Path, u.FileName = f.file.path, f.file.name
	}
	return u
}

// shift reads the parameters that lead from another datum; what they say is for
// who uses them to judge.
func (f *form) shift() *ingest.Shift {
	text := f.single["shift"]
	if text == "" {
		return nil
	}
	var s ingest.Shift
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil || dec.More() {
		f.faults.add("shift", "bad-shift", "转换参数不是有效的 JSON，或有不认识的项。写法见 docs/areas.md。")
		return nil
	}
	return &s
}

// missing adds a fault for each field that is required and was not given.
func (f *form) missing() {
	for _, field := range f.fields {
		if field.required && f.single[field.name] == "" {
			f.faults.add(field.name, "missing", "缺少这一项，请填写。")
		}
	}
}

// ground reads footprints and coverage.
func (f *form) ground(u *ingest.Upload) {
	dates := map[taohe.Date]bool{}
	for i, text := range f.repeated["footprint"] {
		location := fmt.Sprintf("footprint[%d]", i)
		p, err := ingest.ParseFootprint(text)
		switch {
		case err != nil:
			f.faults.add(location, "bad-footprint", "解译范围应写作 whole-county、日期=whole-county 或 日期={GeoJSON 多边形（经纬度）}。")
		case dates[p.ImagedOn]:
			f.faults.add(location, "given-twice", "同一影像日期的解译范围只能写一次。")
		default:
			dates[p.ImagedOn] = true
			u.Footprints = append(u.Footprints, p)
		}
	}
	if text := f.single["coverage"]; text != "" {
		var err error
		if u.Coverage, err = ingest.ParseGround([]byte(text)); err != nil {
			f.faults.add("coverage", "bad-coverage", "覆盖范围应为 GeoJSON 多边形（经纬度）。")
		}
	}
}

// pairs reads the repeated field of that name as key=value.
func (f *form) pairs(name string) map[string]string {
	out := map[string]string{}
	for i, text := range f.repeated[name] {
		key, value, found := strings.Cut(text, "=")
		key = strings.TrimSpace(key)
		switch _, twice := out[key]; {
		case !found || key == "":
			f.faults.add(fmt.Sprintf("%s[%d]", name, i), "bad-format", "应写作 字段=值。")
		case twice:
			f.faults.add(fmt.Sprintf("%s[%d]", name, i), "given-twice", "同一字段只能写一次。")
		default:
			out[key] = strings.TrimSpace(value)
		}
	}
	return out
}

// merge adds what the pipeline found wrong to what the form did. Of a field
// that could not be read the pipeline has nothing to say.
func (f *form) merge(err error) error {
	var request *ingest.RequestError
	if err != nil && !errors.As(err, &request) {
		return err
	}
	unread := map[string]bool{}
	for _, fault := range f.faults {
		field, _, _ := strings.Cut(fault.Location, "[")
		unread[field] = true
	}
	if request != nil {
		for _, fault := range request.Faults {
			if !unread[fault.Location] {
				f.faults.add(fault.Location, fault.Code, fault.Message)
			}
		}
	}
	return f.faults.err()
}
