package ogc

import "github.com/taohe-gis/taohe/internal/pg"

// Statements are the statements written for collection_rows, made for each
// collection and with nothing asked for.
func Statements() map[string]string {
	all := map[string]string{}
	for i := range collections {
		c := &collections[i]
		for _, s := range []pg.Statement{sqlKeys, sqlCount, sqlExtent, sqlFeatures, sqlTile} {
			all[c.id+" "+s.Name()] = filtered(c.statement(s, c.properties, []sorting{{c.properties[0], true}}), nil)
		}
	}
	return all
}
