package org.example;

import io.seldon.protos.PredictionProtos.SeldonMessage;
import io.seldon.wrapper.api.SeldonPredictionService;
import org.springframework.stereotype.Component;

/** The identity function. A router, transformer or combiner overrides route, transformInput, transformOutput or aggregate. */
@Component
public class MyModel implements SeldonPredictionService {
  @Override
  public SeldonMessage predict(SeldonMessage request) {
    return SeldonMessage.newBuilder().setData(request.getData()).build();
  }
}
