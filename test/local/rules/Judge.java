import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.Patterns;

/**
 * Reads lines of a pattern, a tab and an event, both in JSON. Prints the verdict of event-ruler, EventBridge's own matcher,
 * for each line: `refused`, `matches` or `differs`.
 *
 * Each combination of one condition per field gets a separate matcher. According to the documentation, the conditions of a field
 * do not affect each other, but in event-ruler some do: `[{"wildcard": "*a"}, {"equals-ignore-case": "ß"}]` matches `*ab`.
 */
public class Judge {
  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] pair = line.split("\t");
      out.println(verdict(pair[0], pair[1]));
    }
    out.flush();
  }

  private static String verdict(String pattern, String event) throws Exception {
    if (JsonRuleCompiler.check(pattern) != null) return "refused";
    for (Map<String, List<Patterns>> rule : JsonRuleCompiler.compile(pattern)) {
      for (Map<String, List<Patterns>> choice : choices(rule)) {
        Machine machine = new Machine();
        machine.addPatternRule("rule", choice);
        if (!machine.rulesForJSONEvent(event).isEmpty()) return "matches";
      }
    }
    return "differs";
  }

  private static List<Map<String, List<Patterns>>> choices(Map<String, List<Patterns>> rule) {
    List<Map<String, List<Patterns>>> all = List.of(Map.of());
    for (Map.Entry<String, List<Patterns>> field : rule.entrySet()) {
      List<Map<String, List<Patterns>>> extended = new ArrayList<>();
      for (Map<String, List<Patterns>> chosen : all) {
        for (Patterns alternative : field.getValue()) {
          Map<String, List<Patterns>> more = new HashMap<>(chosen);
          more.put(field.getKey(), List.of(alternative));
          extended.add(more);
        }
      }
      all = extended;
    }
    return all;
  }
}
