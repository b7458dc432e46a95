package api

import (
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe/ingest"
)

// maxLocation is the most runes of a name the sender chose that a fault's
// location repeats.
const maxLocation = 64

// validations are the ways in which a member or parameter can fail its schema:
// how huma's text begins, and what is said instead. {limit} is what huma's
// text says behind that beginning, which comes from the schema and never from
// the request.
var validations = []struct{ begins, code, message string }{
	{"required ", "missing", "缺少这一项，请填写。"},
	{"expected required property ", "missing", "缺少这一项，请填写。"},
	{"unexpected property", "unknown-field", "没有这一项，请检查拼写。"},
	{"unknown query parameter", "unknown-field", "没有这个参数，请检查拼写。"},
	{"expected at most one value", "given-twice", "这一项只能写一次。"},
	{"expected string to be RFC 3339 date", "bad-date", "日期应写作 YYYY-MM-DD，例如 2022-05-31。"},
	{"expected string to match pattern ", "bad-format", "格式不正确。"},
	{"expected string to be ", "bad-format", "格式不正确。"},
	{"expected value to be one of ", "not-in-list", "只能是以下之一：{limit}。"},
	{"expected number >= ", "out-of-range", "不能小于 {limit}。"},
	{"expected number <= ", "out-of-range", "不能大于 {limit}。"},
	{"expected length >= ", "out-of-range", "长度不能少于 {limit}。"},
	{"expected length <= ", "out-of-range", "长度不能超过 {limit}。"},
	{"expected array length >= ", "out-of-range", "不能少于 {limit} 项。"},
	{"expected array length <= ", "out-of-range", "不能超过 {limit} 项。"},
	{"expected array items to be unique", "given-twice", "有重复的项。"},
	{"expected ", "wrong-type", "类型不正确。"},
	{"invalid ", "wrong-type", "类型不正确。"},
}

// validationFault is a fault of huma's validation in our words.
func validationFault(d *huma.ErrorDetail) ProblemFault {
	f := ProblemFault{Location: strings.TrimPrefix(d.Location, "body."), Code: "invalid", Message: "内容不正确。"}
	for _, v := range validations {
		rest, found := strings.CutPrefix(d.Message, v.begins)
		if !found {
			continue
		}
		f.Code, f.Message = v.code, strings.ReplaceAll(v.message, "{limit}", strings.Trim(rest, `"`))
		if v.begins == "expected required property " {
			name, _, _ := strings.Cut(rest, " ")
			f.Location = strings.TrimPrefix(strings.TrimPrefix(d.Location+"."+name, "body"), ".")
		}
		break
	}
	f.Location = short(f.Location)
	return f
}

// short cuts a name the sender chose.
func short(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) <= maxLocation {
		return s
	}
	return string([]rune(s)[:maxLocation]) + "…"
}

// faults gathers what is wrong with a request.
type faults []ingest.Fault

func (f *faults) add(location, code, message string) {
	*f = append(*f, ingest.Fault{Location: short(location), Code: code, Message: message})
}

// err is nil without faults.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &ingest.RequestError{Faults: f}
}
