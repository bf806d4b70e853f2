module model-road.invalid/s2i

go 1.24

require github.com/openshift/source-to-image v1.5.1
