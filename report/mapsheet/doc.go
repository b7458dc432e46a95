// Package mapsheet draws one mine's overlay map, the 套合图: what was found on
// it, numbered as in its report, with licence, approvals and the ground around,
// in the 3° Gauss–Krüger zone of the mine at a round scale, on A4 or A3.
//
// Values in, a page out: it asks no database, reads no clock and leaves nothing
// out without a line that says so. What does not fit the paper is told.
package mapsheet
