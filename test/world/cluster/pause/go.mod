module model-road.test/pause

go 1.19
