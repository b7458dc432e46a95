package taohe

import "strings"

// Severity says what was done about a fault in the data.
type Severity string

// The severities, from the one that costs most to the one that costs nothing.
const (
	// Refused: the row, or the whole file, was not taken.
	Refused Severity = "refused"
	// Held: the row is stored but counts for nothing until a person accepts it.
	Held Severity = "held"
	// Repaired: the value or shape was changed by a stated method.
	Repaired Severity = "repaired"
	// Noted: nothing was changed; a person should know.
	Noted Severity = "noted"
)

// A Diagnostic is one fault or remark about data somebody supplied. It is a
// value stored beside the dataset, never a Go error: a bad row must not stop
// the reading of the next.
type Diagnostic struct {
	// Code is a key of the catalogue, stable for ever.
	Code string `json:"code"`
	// Row is the 1-based row of the source, deleted rows counted; 0 speaks of
	// the whole file.
	Row int `json:"row,omitempty"`
	// Field is the column of the source, as the source spells it.
	Field string `json:"field,omitempty"`
	// At is where on the ground: longitude and latitude in degrees, EPSG:4490.
	// Nil where the place is unknown.
	At *[2]float64 `json:"at,omitempty"`
	// Args fill the placeholders of the catalogue's texts.
	Args map[string]string `json:"args,omitempty"`
}

// Severity is that of the code in the catalogue; an unknown code is Refused.
func (d Diagnostic) Severity() Severity {
	if k, ok := diagnosticKinds[d.Code]; ok {
		return k.severity
	}
	return Refused
}

// Chinese is the text for the bureau, with the next step to take.
func (d Diagnostic) Chinese() string { return d.text(diagnosticKinds[d.Code].chinese) }

// English is the text for logs and developers.
func (d Diagnostic) English() string { return d.text(diagnosticKinds[d.Code].english) }

func (d Diagnostic) text(template string) string {
	if template == "" {
		return d.Code
	}
	pairs := make([]string, 0, 2*len(d.Args)+2)
	for k, v := range d.Args {
		pairs = append(pairs, "{"+k+"}", v)
	}
	pairs = append(pairs, "{field}", d.Field)
	return strings.NewReplacer(pairs...).Replace(template)
}

// A DiagnosticKind is one entry of the catalogue.
type DiagnosticKind struct {
	Code             string
	Severity         Severity
	Chinese, English string
}

type diagnosticKind struct {
	severity         Severity
	chinese, english string
}
