// Package geo holds coordinates, reference systems, ellipsoidal and plane
// areas, and the mu. It is pure: no files, no network, no database, no clock.
//
// It never guesses a datum shift: Xian 1980 and Beijing 1954 coordinates reach
// CGCS2000 only through parameters somebody supplied. It never rounds a
// coordinate or an area; rounding belongs to output (FormatM2 and its kin).
// Longitudes and latitudes are degrees, in that order; plane coordinates are
// metres, easting before northing.
package geo
