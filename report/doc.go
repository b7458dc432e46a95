// Package report turns values into documents. It gets everything it prints as
// arguments, touches no database, and gives the same bytes for the same input.
//
// Documents speak of findings as suspected (疑似): a machine finding is a lead
// until a person confirms it in the field.
package report
