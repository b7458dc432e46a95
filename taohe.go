// Package taohe holds the nouns that cross more than one stage of the
// program: layers, dates and diagnostics. It does no input or output, and it
// imports no other package of this module.
package taohe

import "fmt"

// A Layer is one of the kinds of map data a county uploads. The names are used
// alike in Go, SQL, JSON and URLs; docs/glossary.md is their home.
type Layer string

// The layers of the service, in the order in which they are shown to people.
const (
	LayerMiningRight   Layer = "mining_right"
	LayerLandApproval  Layer = "land_approval"
	LayerProtectedArea Layer = "protected_area"
	LayerWaterSource   Layer = "water_source"
	LayerForest        Layer = "forest"
	LayerGrassland     Layer = "grassland"
	LayerDisturbance   Layer = "disturbance"
	LayerDivision      Layer = "division"
)

// Layers lists every layer in display order.
func Layers() []Layer {
	return []Layer{
		LayerMiningRight, LayerLandApproval, LayerProtectedArea, LayerWaterSource,
		LayerForest, LayerGrassland, LayerDisturbance, LayerDivision,
	}
}

// ParseLayer returns the layer of that name, or an *UnknownLayerError.
func ParseLayer(s string) (Layer, error) {
	for _, l := range Layers() {
		if string(l) == s {
			return l, nil
		}
	}
	return "", &UnknownLayerError{Name: s}
}

// Title is the Chinese name of the layer, as the bureau says it.
func (l Layer) Title() string {
	switch l {
	case LayerMiningRight:
		return "采矿权"
	case LayerLandApproval:
		return "批准用地"
	case LayerProtectedArea:
		return "保护区"
	case LayerWaterSource:
		return "水源地"
	case LayerForest:
		return "林地"
	case LayerGrassland:
		return "草原"
	case LayerDisturbance:
		return "影像图斑"
	case LayerDivision:
		return "行政区划"
	}
	return string(l)
}

// An UnknownLayerError says that a name is not that of a layer.
type UnknownLayerError struct{ Name string }

func (e *UnknownLayerError) Error() string {
	return fmt.Sprintf("unknown layer %q: the layers are %v", e.Name, Layers())
}
