package org.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import io.seldon.wrapper.config.AppConfig;

@SpringBootApplication
@Import(AppConfig.class)
@ComponentScan(basePackages = {"org.example", "io.seldon.wrapper"})
public class App {
  public static void main(String[] args) {
    SpringApplication.run(App.class, args);
  }
}
