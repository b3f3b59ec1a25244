import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * How many complaints are open, by the unit that accepted them: read from complaints.cases, where each record is a case
 * as it counts now.
 *
 * <pre>java -cp 'LIB/*' OpenComplaints.java BROKERS FILE [--topic complaints.cases] [--once] [--settings PROPERTIES]</pre>
 *
 * <p>Each record that it takes is a line of FILE, which is on the disk before the next records are asked for: place, id,
 * case, version, unit, whether it is open. From these lines it knows at its next start what it knew, and where it was; a
 * line that was not written to its end is taken again. PROPERTIES is a file of the client's settings, such as a log-in.
 */
public final class OpenComplaints {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FIELDS = 7;

  /** In both versions what is read here is the same. Others may come once the bank allows them. */
  private static final Set<String> TYPES = Set.of("redress.CaseChanged.v1", "redress.CaseChanged.v2");

  private record Case(String id, long version, String unit, boolean open) {}

  private final Map<String, Case> cases = new HashMap<>();
  private final Map<Integer, Long> places = new HashMap<>();
  private final RandomAccessFile file;

  private OpenComplaints(String path) throws IOException {
    file = new RandomAccessFile(path, "rwd"); // "d": what is written is on the disk
    byte[] written = new byte[(int) file.length()];
    file.readFully(written);
    String text = new String(written, StandardCharsets.UTF_8);
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    whole.lines().forEach(this::remember);
    file.setLength(whole.getBytes(StandardCharsets.UTF_8).length);
    file.seek(file.length());
  }

  private void remember(String line) {
    String[] told = line.split("\t", FIELDS);
    places.put(Integer.valueOf(told[0]), Long.parseLong(told[1]) + 1);
    cases.put(told[3], new Case(told[2], Long.parseLong(told[4]), told[5], Boolean.parseBoolean(told[6])));
  }

  /** The line of a record; null where its type is not known, or its id is, or a later state of its case. */
  private String line(ConsumerRecord<String, byte[]> record) throws IOException {
    JsonNode event = JSON.readTree(record.value());
    if (!TYPES.contains(event.get("type").asText())) {
      return null;
    }
    JsonNode data = event.get("data");
    String id = event.get("id").asText();
    Case known = cases.get(record.key());
    if (known != null && (known.id().equals(id) || known.version() > data.get("version").asLong())) {
      return null;
    }
    boolean open = data.get("ended_at").isNull() && !data.get("not_accepted").asBoolean();
    String unit = data.get("units").get("accepting").asText("-");
    Object[] told = {record.partition(), record.offset(), id, record.key(), data.get("version").asLong(), unit, open};
    return String.join("\t", Arrays.stream(told).map(String::valueOf).toList());
  }

  /** Take records in, in the order of each key. */
  private void take(Iterable<ConsumerRecord<String, byte[]>> records) throws IOException {
    StringBuilder written = new StringBuilder();
    for (ConsumerRecord<String, byte[]> record : records) {
      String line = line(record);
      if (line != null) {
        remember(line);
        written.append(line).append('\n');
      }
    }
    file.write(written.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void report() {
    Map<String, Integer> open = new TreeMap<>();
    cases.values().stream().filter(Case::open).forEach(one -> open.merge(one.unit(), 1, Integer::sum));
    open.forEach((unit, count) -> System.out.println(unit + "\t" + count));
    System.out.println();
  }

  private void run(KafkaConsumer<String, byte[]> consumer, String topic, boolean once) throws IOException {
    List<TopicPartition> all = new ArrayList<>();
    consumer.partitionsFor(topic).forEach(one -> all.add(new TopicPartition(topic, one.partition())));
    if (all.isEmpty()) {
      throw new KafkaException("there is no topic " + topic);
    }
    consumer.assign(all);
    Map<TopicPartition, Long> begin = consumer.beginningOffsets(all);
    all.forEach(one -> consumer.seek(one, places.getOrDefault(one.partition(), begin.get(one))));
    for (boolean told = false; ; ) {
      var records = consumer.poll(Duration.ofSeconds(1));
      take(records);
      told &= records.isEmpty();
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      if (!told && all.stream().allMatch(one -> consumer.position(one) >= ends.get(one))) {
        report();
        told = true;
        if (once) {
          return;
        }
      }
    }
  }

  private static void wrong(String said) {
    System.err.println("OpenComplaints: " + said + ". Use: BROKERS FILE [--topic NAME] [--once] [--settings PROPERTIES]");
    System.exit(2);
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2) {
      wrong("name the brokers and a file");
    }
    Properties settings = new Properties();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "none");
    settings.put("enable.auto.commit", "false");
    settings.put("default.api.timeout.ms", "10000");
    settings.put("allow.auto.create.topics", "false");
    String topic = "complaints.cases";
    boolean once = false;
    for (int at = 2; at < arguments.length; at++) {
      switch (arguments[at]) {
        case "--once" -> once = true;
        case "--topic" -> topic = arguments[++at];
        case "--settings" -> settings.load(new FileReader(arguments[++at], StandardCharsets.UTF_8));
        default -> wrong("there is no " + arguments[at]);
      }
    }
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      new OpenComplaints(arguments[1]).run(consumer, topic, once);
    } catch (KafkaException error) {
      System.err.println("OpenComplaints: " + error.getMessage());
      System.exit(3);
    }
  }
}
