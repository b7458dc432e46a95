package sample

// Files are the files of the sample folder, in the order in which a person
// reads them.
func (c *County) Files() ([]File, error) {
	var out []File
	for _, make := range []func() (File, error){
		c.readme, c.manifest, c.divisions, c.miningRights, c.landApprovals, c.protectedAreas,
		c.waterSources, c.forests, c.grasslands, c.disturbances, c.expected, c.picture, c.later,
		func() (File, error) { return c.laterDisturbances(0) }, func() (File, error) { return c.laterDisturbances(1) },
	} {
		f, err := make()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}
