// Package oracle is a second opinion on the overlay, for tests only: an engine
// that derives both accounts and every finding of a mine from the rules'
// wording, shares no code and no library with the SQL, and is held against it
// on random scenes made to be nasty.
//
// It works on two planes. The lattice plane knows ground as a set of triangles
// of an uneven grid, so that every set operation and every connected part is
// exact and no geometry library is asked at all. The free plane has polygons
// with any coordinates and leaves overlay to a port of JTS.
package oracle
