// The built-in catalogue of causes, and what the operator's configuration does to it.
#include "core/evidence/alert_causes.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace launchgate::evidence {
namespace {

struct Metric {
  const char* name;
  std::string_view metric;
  std::string_view cause;  // Empty: none.
};
void PrintTo(const Metric& metric, std::ostream* out) { *out << metric.name; }

class BuiltInCauseTest : public ::testing::TestWithParam<Metric> {};

TEST_P(BuiltInCauseTest, IsToldFromASymptom) {
  const CauseCatalogue catalogue;

  const auto cause = catalogue.CauseOf(GetParam().metric);

  EXPECT_EQ(cause.value_or(""), GetParam().cause);
}

INSTANTIATE_TEST_SUITE_P(
    Metrics, BuiltInCauseTest,
    ::testing::Values(
        Metric{"HostCpu", "node_cpu_seconds_total", "CPU"},
        Metric{"HostLoad", "node_load15", "CPU"},
        Metric{"HostMemory", "node_memory_MemAvailable_bytes", "memory"},
        Metric{"HostDisk", "node_filesystem_avail_bytes", "disk"},
        Metric{"HostPressure", "node_pressure_io_stalled_seconds_total", "disk"},
        Metric{"HostDescriptors", "node_filefd_allocated", "file descriptors"},
        Metric{"HostNetwork", "node_network_receive_drop_total", "network"},
        Metric{"HostConnections", "node_nf_conntrack_entries", "network"},
        Metric{"ContainerCpu", "container_cpu_cfs_throttled_periods_total", "CPU"},
        Metric{"ContainerMemory", "container_memory_working_set_bytes", "memory"},
        Metric{"ContainerDisk", "container_fs_usage_bytes", "disk"},
        Metric{"ContainerLimits", "container_spec_memory_limit_bytes", "resource limits"},
        Metric{"VolumeDisk", "kubelet_volume_stats_available_bytes", "disk"},
        Metric{"Restarts", "kube_pod_container_status_restarts_total", "restarts"},
        Metric{"CrashLoop", "kube_pod_container_status_waiting_reason", "restarts"},
        Metric{"RequestedCpu", "kube_pod_container_resource_requests", "resource limits"},
        Metric{"Replicas", "kube_deployment_status_replicas_available", "replicas"},
        Metric{"Node", "kube_node_status_condition", "nodes"},
        Metric{"ProcessCpu", "process_cpu_seconds_total", "CPU"},
        Metric{"ProcessMemory", "process_resident_memory_bytes", "memory"},
        Metric{"ProcessDescriptors", "process_open_fds", "file descriptors"},
        Metric{"ProcessRestart", "process_start_time_seconds", "restarts"},
        Metric{"ProgramsOwnProcess", "shop_process_resident_memory_bytes", "memory"},
        Metric{"GoHeap", "go_memstats_heap_inuse_bytes", "memory"},
        Metric{"GoRoutines", "go_goroutines", "threads"},
        Metric{"JavaHeap", "jvm_memory_used_bytes", "memory"},
        Metric{"JavaCollector", "jvm_gc_pause_seconds_count", "garbage collection"},
        Metric{"NodeLag", "nodejs_eventloop_lag_seconds", "CPU"},
        Metric{"WorkQueue", "workqueue_depth", "queue depth"},
        Metric{"OwnQueue", "redeem_queue_depth", "queue depth"},
        Metric{"Broker", "rabbitmq_queue_messages_ready", "queue depth"},
        Metric{"RecordedHost", "instance:node_cpu_utilisation:rate5m", "host saturation"},
        Metric{"Requests", "http_requests_total", ""},
        Metric{"Latency", "http_request_duration_seconds_bucket", ""}, Metric{"Up", "up", ""},
        Metric{"Probe", "probe_success", ""}, Metric{"NodeJsService", "node_requests_total", ""},
        Metric{"ContainerOrders", "containers_shipped_total", ""},
        Metric{"FailedJobs", "kube_job_status_failed", ""},
        Metric{"LetterCase", "NODE_CPU_seconds_total", ""}, Metric{"Empty", "", ""}),
    [](const auto& row) { return row.param.name; });

// Every `metric` of the table, with something in the place of "*".
std::vector<std::string> DocumentedCauses() {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR) + "/docs/evidence.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string document = text.str();
  const std::size_t start = document.find("| cause | metrics");
  const std::size_t end = document.find("\n\n", start);
  std::vector<std::string> metrics;
  for (std::size_t at = document.find("| `", start); at < end; at = document.find('`', at + 1)) {
    at = document.find('`', at);
    const std::size_t close = document.find('`', at + 1);
    std::string metric = document.substr(at + 1, close - at - 1);
    if (const std::size_t star = metric.find('*'); star != std::string::npos) {
      metric.replace(star, 1, "any");
    }
    metrics.push_back(std::move(metric));
    at = close;
  }
  return metrics;
}

TEST(CauseCatalogueTest, KnowsEveryCauseThatIsDocumented) {
  const std::vector<std::string> documented = DocumentedCauses();

  EXPECT_GE(documented.size(), 80U);
  for (const std::string& metric : documented) {
    EXPECT_TRUE(CauseCatalogue().CauseOf(metric)) << metric;
  }
}

TEST(CauseCatalogueTest, WhatIsAddedComesFirst) {
  const CauseCatalogue catalogue({{"node_cpu_", "", "heat"}, {"", "_backlog", "backlog"}});

  EXPECT_EQ(catalogue.CauseOf("node_cpu_seconds_total"), "heat");
  EXPECT_EQ(catalogue.CauseOf("orders_backlog"), "backlog");
  EXPECT_EQ(catalogue.CauseOf("node_load1"), "CPU");
}

TEST(CauseCatalogueTest, BothEndsOfAPatternMustFit) {
  const CauseCatalogue catalogue({{"shop_", "_pending", "backlog"}});

  EXPECT_EQ(catalogue.CauseOf("shop_orders_pending"), "backlog");
  EXPECT_EQ(catalogue.CauseOf("shop_orders"), std::nullopt);
  EXPECT_EQ(catalogue.CauseOf("orders_pending"), std::nullopt);
}

TEST(CauseCatalogueTest, ASymptomIsNeverACause) {
  const CauseCatalogue catalogue({{"shop_", "", "shop"}},
                                 {"kafka_consumergroup_lag", "shop_orders"});

  EXPECT_EQ(catalogue.CauseOf("kafka_consumergroup_lag"), std::nullopt);
  EXPECT_EQ(catalogue.CauseOf("shop_orders"), std::nullopt);
  EXPECT_EQ(catalogue.CauseOf("shop_other"), "shop");
}

TEST(CauseCatalogueTest, AnEmptyPatternFitsNothing) {
  const CauseCatalogue catalogue({{"", "", "everything"}});

  EXPECT_EQ(catalogue.CauseOf("http_requests_total"), std::nullopt);
}

}  // namespace
}  // namespace launchgate::evidence
