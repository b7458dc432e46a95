// Package overlay turns accepted datasets into findings: the rules, as data,
// and the relations, as SQL, that a run applies to each mine.
//
// PostGIS computes every shape and area; the Go here fixes the inputs, binds
// the thresholds and says in which order the statements of one mine go. The
// package knows neither files nor documents.
package overlay
