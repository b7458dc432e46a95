package generalise

import "math"

// A level is how near a map is seen from: of its pixels, 2^(8+level) go round the
// equator, as in the matrix of that number of WebMercatorQuad.
const (
	// lastLevel is the finest that cells are made of.
	lastLevel = 16
	// lastShapeLevel is the finest that shapes are made of, of each second level;
	// beyond, a map shows so little of a large shape that it is cut out instead.
	lastShapeLevel = 14
	// cellPixels and blockPixels are the sides of a cell, and of a block in which
	// rows are counted.
	cellPixels, blockPixels = 8, 64
	// crowdedRows is how many rows of a block can still be told apart: beside each
	// other they are eight pixels wide. Of all rows so many may lie in worse ones.
	crowdedRows  = 64
	crowdedShare = 0.05
	// manyCorners is when a row has very many.
	manyCorners = 500
)

func pixelDegrees(level int) float64 { return 360 / math.Exp2(float64(8+level)) }

// CellDegrees is the side of a cell, which are counted from 180° W and 90° S.
func CellDegrees(level int) float64 { return cellPixels * pixelDegrees(level) }

// ToleranceDegrees is by how much a line may be off on a level: a quarter of a pixel,
// which nobody sees.
func ToleranceDegrees(level int) float64 { return pixelDegrees(level) / 4 }

// ShapeLevel is the level of which shapes are shown on another, -1 for none.
func ShapeLevel(level int) int {
	if level += level % 2; level <= lastShapeLevel {
		return level
	}
	return -1
}

// shapeLevels are those of which shapes are made, with what lines may be off.
func shapeLevels() (levels []int, tolerances []float64) {
	for level := 0; level <= lastShapeLevel; level += 2 {
		levels, tolerances = append(levels, level), append(tolerances, ToleranceDegrees(level))
	}
	return levels, tolerances
}
