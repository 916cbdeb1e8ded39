{{- define "silentdrift.labels" -}}
app.kubernetes.io/name: silentdrift
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end -}}

{{- define "silentdrift.claim" -}}
{{- default (printf "%s-workspace" .Release.Name) .Values.workspace.existingClaim -}}
{{- end -}}

{{- define "silentdrift.pod" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  fsGroup: 10001
volumes:
  - name: workspace
    persistentVolumeClaim: {claimName: {{ include "silentdrift.claim" . }}}
  - name: settings
    configMap: {name: {{ .Release.Name }}-settings}
{{- end -}}

{{- define "silentdrift.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
workingDir: /workspace
{{- with .Values.secretName }}
envFrom:
  - secretRef: {name: {{ . }}}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: workspace, mountPath: /workspace}
  - {name: settings, mountPath: /workspace/rag.toml, subPath: rag.toml, readOnly: true}
{{- end -}}
